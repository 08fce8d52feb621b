/* SPDX-License-Identifier: MIT */
/* Registers and instructions of the processor that C has no word for. */
#ifndef XEN_PROCESSOR_H
#define XEN_PROCESSOR_H

#include <xen/control_regs.h>
#include <xen/types.h>

/* Bits of EFLAGS (Intel SDM 1, 3.4.3). */
#define EFLAGS_ALWAYS_SET 0x00000002u
#define EFLAGS_TF         0x00000100u
#define EFLAGS_IF         0x00000200u
#define EFLAGS_IOPL       0x00003000u
#define EFLAGS_NT         0x00004000u
#define EFLAGS_RF         0x00010000u
#define EFLAGS_VM         0x00020000u

#define DEFINE_CONTROL_REGISTER(n)                                              \
	static inline uint32_t read_cr##n(void)                                 \
	{                                                                       \
		uint32_t value;                                                 \
                                                                                \
		__asm__ volatile("movl %%cr" #n ", %0" : "=r"(value));          \
		return value;                                                   \
	}                                                                       \
	static inline void write_cr##n(uint32_t value)                          \
	{                                                                       \
		__asm__ volatile("movl %0, %%cr" #n : : "r"(value) : "memory"); \
	}

DEFINE_CONTROL_REGISTER(0)
DEFINE_CONTROL_REGISTER(2)
DEFINE_CONTROL_REGISTER(3)
DEFINE_CONTROL_REGISTER(4)

/* The time-stamp counter: ticks since power-on, wrapping at 2^64. */
static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* What LGDT and LIDT read, and SGDT and SIDT store (Intel SDM 3A, 2.4). */
struct table_register {
	uint16_t limit; /* offset of the table's last byte */
	uint32_t base;
} __attribute__((packed));

_Static_assert(sizeof(struct table_register) == 6, "as LGDT reads it");

static inline void load_gdt(const struct table_register *gdtr)
{
	__asm__ volatile("lgdt %0" : : "m"(*gdtr) : "memory");
}

static inline void load_idt(const struct table_register *idtr)
{
	__asm__ volatile("lidt %0" : : "m"(*idtr) : "memory");
}

static inline struct table_register store_gdt(void)
{
	struct table_register gdtr;

	__asm__ volatile("sgdt %0" : "=m"(gdtr));
	return gdtr;
}

static inline void load_task_register(uint16_t selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

/* 0: no LDT at all. */
static inline void load_local_table(uint16_t selector)
{
	__asm__ volatile("lldt %0" : : "r"(selector) : "memory");
}

/* Forgets every translation that is not global. */
static inline void flush_tlb(void)
{
	write_cr3(read_cr3());
}

/* Stops until an interrupt comes; with interrupts off, for good. */
static inline void halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

static inline void disable_interrupts(void)
{
	__asm__ volatile("cli" : : : "memory");
}

#endif
