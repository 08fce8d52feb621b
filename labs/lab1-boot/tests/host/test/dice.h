/* SPDX-License-Identifier: MIT */
/*
 * Numbers that look random and are the same in every run, on every host.
 * Source: Vigna, "An experimental exploration of Marsaglia's xorshift generators,
 * scrambled" (xorshift64*).
 */
#ifndef TEST_DICE_H
#define TEST_DICE_H

#include <stdint.h>

/* Begin with any number but 0: struct dice dice = { 1 }; */
struct dice {
	uint64_t state;
};

/* Any 64-bit number but for 0. */
static inline uint64_t roll64(struct dice *dice)
{
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return dice->state * 0x2545F4914F6CDD1DULL;
}

/* 0 to sides - 1. */
static inline uint32_t roll(struct dice *dice, uint32_t sides)
{
	return (uint32_t)((roll64(dice) >> 32) * sides >> 32);
}

/* A number of 1 to 64 bits, each length as often as any other. */
static inline uint64_t roll_number(struct dice *dice)
{
	return roll64(dice) >> roll(dice, 64);
}

#endif
