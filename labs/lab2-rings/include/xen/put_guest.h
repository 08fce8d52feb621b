/* SPDX-License-Identifier: MIT */
/* One word to or from a guest's memory, in one instruction: for what is done too often to call a function. */
#ifndef XEN_PUT_GUEST_H
#define XEN_PUT_GUEST_H

#include <xen/extable.h>
#include <xen/types.h>

/*
 * Writes a word at a virtual address of the current guest, for which access_ok() holds. False if
 * it cannot be written.
 */
static inline bool put_guest_word(vaddr_t va, uint32_t word)
{
	/* clang-format off */
	__asm__ goto("1:\tmovl %0, %1\n" EXTABLE(1b, %l2)
		     :
		     : "r"(word), "m"(*(uint32_t *)(uintptr_t)va)
		     : "memory"
		     : fault);
	/* clang-format on */
	return true;
fault:
	return false;
}

/* Reads one, likewise. */
static inline bool get_guest_word(uint32_t *word, vaddr_t va)
{
	uint32_t failed;

	__asm__ volatile("movl $1, %0\n"
			 "1:\tmovl %2, %1\n\t"
			 "xorl %0, %0\n"
			 "2:\n" EXTABLE(1b, 2b)
			 : "=&r"(failed), "=&r"(*word)
			 : "m"(*(const uint32_t *)(uintptr_t)va));
	return !failed;
}

#endif
