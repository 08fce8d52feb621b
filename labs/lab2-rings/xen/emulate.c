/* SPDX-License-Identifier: MIT */
/*
 * The privileged instructions that a guest kernel may execute though it runs in ring 1
 * (ABI, section 6). Everything else faults.
 */
#include <xen/domain.h>
#include <xen/extable.h>
#include <xen/guest_access.h>
#include <xen/guest_debugreg.h>
#include <xen/guest_descriptors.h>
#include <xen/guest_traps.h>
#include <xen/processor.h>
#include <xen/put_guest.h>
#include <xen/string.h>

/* The longest that we know: two bytes of opcode and one that names the registers. */
#define MAX_BYTES 3

#define CPUID_FEATURES   1
#define CPUID_HYPERVISOR 0x40000000u

/* UD2, "xe": how CPUID begins that wants to be emulated. */
#define FORCED_CPUID_FIRST_WORD 0x65780B0Fu

/* Features (leaf 1, EDX) that a guest does not have: VME, DE, PSE, SEP, PGE. */
#define HIDDEN_FEATURES 0x0000280Eu
#define FEATURE_MTRR    0x00001000u

/* The general register that bits 0 to 2 of a ModRM byte name. */
static uint32_t *general_register(struct trap_frame *regs, uint8_t modrm)
{
	switch (modrm & 7) {
	case 0:
		return &regs->eax;
	case 1:
		return &regs->ecx;
	case 2:
		return &regs->edx;
	case 3:
		return &regs->ebx;
	case 4:
		return &regs->esp;
	case 5:
		return &regs->ebp;
	case 6:
		return &regs->esi;
	default:
		return &regs->edi;
	}
}

/* CR0 as the guest has made it: only TS is its own. */
static uint32_t guest_cr0(void)
{
	return (read_cr0() & ~(uint32_t)CR0_TS) | (current->fpu.task_switched ? CR0_TS : 0);
}

static bool read_control_register(unsigned number, uint32_t *value)
{
	switch (number) {
	case 0:
		*value = guest_cr0();
		return true;
	case 2:
		*value = vcpu_info(current)->arch.cr2;
		return true;
	case 3:
		*value = current->cr3;
		return true;
	case 4:
		*value = read_cr4();
		return true;
	default:
		return false;
	}
}

static bool write_control_register(unsigned number, uint32_t value)
{
	switch (number) {
	case 0:
		if ((value ^ guest_cr0()) & ~(uint32_t)CR0_TS)
			return false;
		fpu_set_task_switched(current, value & CR0_TS);
		return true;
	case 2:
		vcpu_info(current)->arch.cr2 = value;
		return true;
	case 4:
		return value == read_cr4();
	default:
		return false;
	}
}

/* RDMSR of a register that the processor may not have. */
static bool read_msr(uint32_t number, uint32_t *low, uint32_t *high)
{
	uint32_t failed, a, d;

	__asm__ volatile("1:\trdmsr\n\t"
			 "xorl %0, %0\n"
			 "2:\n" EXTABLE(1b, 2b)
			 : "=r"(failed), "=a"(a), "=d"(d)
			 : "c"(number), "0"(1), "1"(0), "2"(0));
	if (failed)
		return false;
	*low = a;
	*high = d;
	return true;
}

/* 0F 20 to 0F 23: between a general register and a control or debug register. */
static bool emulate_mov(struct trap_frame *regs, uint8_t opcode, uint8_t modrm)
{
	uint32_t *general = general_register(regs, modrm);
	unsigned number = modrm >> 3 & 7;

	switch (opcode) {
	case 0x20:
		return read_control_register(number, general);
	case 0x22:
		return write_control_register(number, *general);
	case 0x21:
		*general = current->debugreg[number];
		return true;
	default:
		return guest_set_debugreg(current, number, *general) == 0;
	}
}

/*
 * The bytes at EIP. A short instruction may be the last in mapped memory: what is not there reads
 * as 0, and an instruction that has it as a part would have faulted by itself.
 */
static bool fetch(uint8_t bytes[MAX_BYTES], vaddr_t eip)
{
	if (copy_from_guest(bytes, eip, MAX_BYTES) == 0)
		return true;
	bytes[2] = 0;
	return copy_from_guest(bytes, eip, 2) == 0;
}

/*
 * Is EIP the linear address, and the ring 1? So it is in the flat segment of the ABI, and in one
 * of the guest's own GDT whose base is 0: kernels that call set_gdt run in such a one.
 */
static bool in_flat_kernel_code(const struct trap_frame *regs)
{
	const struct segment_descriptor *table =
		(const struct segment_descriptor *)(uintptr_t)GDT_VIRT_START;
	uint16_t cs = (uint16_t)regs->cs;
	struct segment_descriptor d;

	if (cs == GUEST_KERNEL_CS)
		return true;
	if ((cs & SELECTOR_RPL) != 1 || cs & SELECTOR_LDT ||
	    SELECTOR_INDEX(cs) >= FIRST_RESERVED_GDT_ENTRY)
		return false;
	d = table[SELECTOR_INDEX(cs)];
	return d.base_low == 0 && d.base_high == 0;
}

bool emulate_privileged(struct trap_frame *regs)
{
	uint8_t bytes[MAX_BYTES];
	unsigned length = 2;

	if (!in_flat_kernel_code(regs) || !fetch(bytes, regs->eip) || bytes[0] != 0x0F)
		return false;

	switch (bytes[1]) {
	case 0x06: /* clts */
		fpu_set_task_switched(current, false);
		break;
	case 0x09: /* wbinvd */
		break;
	case 0x20:
	case 0x21:
	case 0x22:
	case 0x23:
		if (!emulate_mov(regs, bytes[1], bytes[2]))
			return false;
		length = 3;
		break;
	case 0x30: /* wrmsr: none is the guest's to write */
		break;
	case 0x32: /* rdmsr */
		if (!read_msr(regs->ecx, &regs->eax, &regs->edx))
			return false;
		break;
	default:
		return false;
	}
	regs->eip += length;
	return true;
}

static void cpuid(uint32_t leaf, uint32_t subleaf, struct trap_frame *regs)
{
	__asm__ volatile("cpuid"
			 : "=a"(regs->eax), "=b"(regs->ebx), "=c"(regs->ecx), "=d"(regs->edx)
			 : "0"(leaf), "2"(subleaf));
}

/* What CPUID answers to a guest that asks in this way. */
static void answer_cpuid(struct trap_frame *regs)
{
	uint32_t leaf = regs->eax;

	if (leaf == CPUID_HYPERVISOR) {
		memcpy(&regs->ebx, "XenV", 4);
		memcpy(&regs->ecx, "MMXe", 4);
		memcpy(&regs->edx, "nVMM", 4);
		return;
	}
	cpuid(leaf, regs->ecx, regs);
	if (leaf == CPUID_FEATURES) {
		regs->edx &= ~HIDDEN_FEATURES;
		if (!current->privileged)
			regs->edx &= ~FEATURE_MTRR;
	}
}

static NOINLINE bool emulate_whole_instruction(struct trap_frame *regs)
{
	static const uint8_t instruction[] = { 0x0F, 0x0B, 'x', 'e', 'n', 0x0F, 0xA2 };
	uint8_t bytes[sizeof(instruction)];

	if (copy_from_guest(bytes, regs->eip, sizeof(bytes)) != 0 ||
	    memcmp(bytes, instruction, sizeof(bytes)) != 0)
		return false;
	answer_cpuid(regs);
	regs->eip += sizeof(instruction);
	return true;
}

/* The first word tells every other undefined instruction at once. */
bool emulate_forced_cpuid(struct trap_frame *regs)
{
	uint32_t first;

	return access_ok(regs->eip, sizeof(first)) && get_guest_word(&first, regs->eip) &&
	       first == FORCED_CPUID_FIRST_WORD && emulate_whole_instruction(regs);
}
