/* SPDX-License-Identifier: MIT */
/*
 * Exceptions: from the processor's vector to a C function with the registers.
 * Source: Intel SDM 3A, 6.3 to 6.15; table 6-1 lists the vectors.
 */
#ifndef XEN_TRAPS_H
#define XEN_TRAPS_H

#include <xen/types.h>

#define VECTOR_DIVIDE_ERROR        0
#define VECTOR_DEBUG               1
#define VECTOR_NMI                 2
#define VECTOR_BREAKPOINT          3
#define VECTOR_OVERFLOW            4
#define VECTOR_BOUND               5
#define VECTOR_INVALID_OPCODE      6
#define VECTOR_NO_DEVICE           7
#define VECTOR_DOUBLE_FAULT        8
#define VECTOR_COPROCESSOR_OVERRUN 9
#define VECTOR_INVALID_TSS         10
#define VECTOR_NO_SEGMENT          11
#define VECTOR_STACK_FAULT         12
#define VECTOR_GENERAL_PROTECTION  13
#define VECTOR_PAGE_FAULT          14
#define VECTOR_FPU_ERROR           16
#define VECTOR_ALIGNMENT_CHECK     17
#define VECTOR_MACHINE_CHECK       18
#define VECTOR_SIMD_ERROR          19

#define NR_EXCEPTIONS 32

/* Does the processor push an error code for this vector? */
#define VECTOR_HAS_ERROR_CODE(vector) ((0x00027D00u >> (vector)) & 1)

/* Bits of a page fault's error code. */
#define PAGE_FAULT_PROTECTION   0x01u /* the page was present */
#define PAGE_FAULT_WRITE        0x02u
#define PAGE_FAULT_USER         0x04u
#define PAGE_FAULT_RESERVED_BIT 0x08u

/*
 * The stack as entry.S leaves it for C: the lowest address first. The processor
 * pushes what stands below `vector`, and `esp` and `ss` only when the trap
 * came from a less privileged ring; trap_frame_esp() knows.
 */
struct trap_frame {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp;
	uint32_t esp_at_pushal; /* of no use; PUSHAL stores it and POPAL skips it */
	uint32_t ebx, edx, ecx, eax;
	uint32_t vector;
	uint32_t error_code; /* 0 where the processor pushes none */
	uint32_t eip, cs, eflags;
	uint32_t esp, ss; /* only when from_guest() */
};

_Static_assert(sizeof(struct trap_frame) == 76, "as entry.S pushes it");
_Static_assert(offsetof(struct trap_frame, vector) == 48, "as entry.S pushes it");

/* Did the trap interrupt a guest (ring 1 or 3)? */
static inline bool from_guest(const struct trap_frame *regs)
{
	return regs->cs & 3;
}

/* The stack pointer of what was interrupted. */
static inline vaddr_t trap_frame_esp(const struct trap_frame *regs)
{
	return from_guest(regs) ? regs->esp : (vaddr_t)(uintptr_t)&regs->esp;
}

/* Handles an exception; may change the registers that will be restored. */
typedef void exception_handler_t(struct trap_frame *regs);

/*
 * Replaces the handler of a vector (0 to 255) and returns the one before. The default
 * of 0 to 31 looks for a fix-up (<xen/extable.h>), and panics with the registers
 * if there is none; that of 3 prints the registers and goes on. The default of
 * all others says that the vector is unexpected.
 */
exception_handler_t *set_exception_handler(unsigned vector, exception_handler_t *handler);

/* The processor manual's name, "page fault" for 14; "vector" if it has none. */
const char *exception_name(unsigned vector);

/* Prints all registers, and the control registers of now. */
void dump_registers(const struct trap_frame *regs);

/* Called by entry.S with the frame that it built. */
void do_exception(struct trap_frame *regs);

/*
 * The way out of every trap (entry.S): restores the registers that ESP points at. A fault between
 * the two is over what was to be restored.
 */
extern char exception_exit[], exception_exit_end[];

/* The stubs' addresses, one for each vector (entry.S). */
extern const vaddr_t exception_stubs[];

#endif
