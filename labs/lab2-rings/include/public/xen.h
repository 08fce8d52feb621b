/* SPDX-License-Identifier: MIT */
/*
 * What every guest and the hypervisor agree on: hypercall numbers, the pages
 * that both can see, and what a guest finds when it starts.
 * Source: ABI, sections 2 to 4.
 */
#ifndef PUBLIC_XEN_H
#define PUBLIC_XEN_H

/* Hypercall numbers. Plain: the assembler reads them too. */
#define __HYPERVISOR_set_trap_table                0
#define __HYPERVISOR_mmu_update                    1
#define __HYPERVISOR_set_gdt                       2
#define __HYPERVISOR_stack_switch                  3
#define __HYPERVISOR_set_callbacks                 4
#define __HYPERVISOR_fpu_taskswitch                5
#define __HYPERVISOR_sched_op_compat               6
#define __HYPERVISOR_platform_op                   7
#define __HYPERVISOR_set_debugreg                  8
#define __HYPERVISOR_get_debugreg                  9
#define __HYPERVISOR_update_descriptor             10
#define __HYPERVISOR_memory_op                     12
#define __HYPERVISOR_multicall                     13
#define __HYPERVISOR_update_va_mapping             14
#define __HYPERVISOR_set_timer_op                  15
#define __HYPERVISOR_event_channel_op_compat       16
#define __HYPERVISOR_xen_version                   17
#define __HYPERVISOR_console_io                    18
#define __HYPERVISOR_physdev_op_compat             19
#define __HYPERVISOR_grant_table_op                20
#define __HYPERVISOR_vm_assist                     21
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret                          23
#define __HYPERVISOR_vcpu_op                       24
#define __HYPERVISOR_mmuext_op                     26
#define __HYPERVISOR_nmi_op                        28
#define __HYPERVISOR_sched_op                      29
#define __HYPERVISOR_callback_op                   30
#define __HYPERVISOR_event_channel_op              32
#define __HYPERVISOR_physdev_op                    33
#define __HYPERVISOR_sysctl                        35
#define __HYPERVISOR_domctl                        36

/* One past the largest number that is ever looked up. */
#define NR_HYPERCALLS 64

/* The interrupt vector that hypercalls come by. */
#define HYPERCALL_VECTOR 0x82

/* Commands of console_io. */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1

/* Commands and types of vm_assist. */
#define VMASST_CMD_enable               0
#define VMASST_CMD_disable              1
#define VMASST_TYPE_4gb_segments        0
#define VMASST_TYPE_4gb_segments_notify 1
#define VMASST_TYPE_writable_pagetables 2
#define VMASST_TYPE_pae_extended_cr3    3

/* Domain numbers with a meaning of their own. */
#define DOMID_SELF 0x7FF0
#define DOMID_IO   0x7FF1
#define DOMID_XEN  0x7FF2

/* start_info.flags */
#define SIF_PRIVILEGED 0x1
#define SIF_INITDOMAIN 0x2

#define MAX_GUEST_CMDLINE 1024

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

typedef uint16_t domid_t;

/* What a domain finds at the address in ESI when it starts (ABI, section 3). */
struct start_info {
	char magic[32];       /* "xen-3.0-x86_32" */
	uint32_t nr_pages;    /* in the domain's reservation */
	uint32_t shared_info; /* machine address */
	uint32_t flags;       /* SIF_… */
	uint32_t store_mfn;
	uint32_t store_evtchn;
	uint32_t console_mfn;
	uint32_t console_evtchn;
	uint32_t pt_base;      /* virtual address of the page directory */
	uint32_t nr_pt_frames; /* the directory and the tables that follow it */
	uint32_t mfn_list;     /* virtual address of uint32_t[nr_pages]: pfn to mfn */
	uint32_t mod_start;    /* virtual address of the initial ram disk, or 0 */
	uint32_t mod_len;
	char cmd_line[MAX_GUEST_CMDLINE];
};

_Static_assert(sizeof(struct start_info) == 1104, "ABI, section 3");
_Static_assert(offsetof(struct start_info, pt_base) == 60, "ABI, section 3");

struct vcpu_time_info {
	uint32_t version;
	uint32_t pad0;
	uint64_t tsc_timestamp;
	uint64_t system_time;
	uint32_t tsc_to_system_mul;
	int8_t tsc_shift;
	int8_t pad1[3];
};

_Static_assert(sizeof(struct vcpu_time_info) == 32, "ABI, section 4");

struct vcpu_info {
	uint8_t evtchn_upcall_pending;
	uint8_t evtchn_upcall_mask;
	uint8_t pad0[2];
	uint32_t evtchn_pending_sel;
	struct {
		uint32_t cr2; /* the address of the last page fault */
		uint32_t pad[5];
	} arch;
	struct vcpu_time_info time;
};

_Static_assert(sizeof(struct vcpu_info) == 64, "ABI, section 4");

#define MAX_VIRT_CPUS 32

/* The page that a domain and the hypervisor write both (ABI, section 4). */
struct shared_info {
	struct vcpu_info vcpu_info[MAX_VIRT_CPUS];
	uint32_t evtchn_pending[32];
	uint32_t evtchn_mask[32];
	uint32_t wc_version;
	uint32_t wc_sec;
	uint32_t wc_nsec;
	struct {
		uint32_t max_pfn;
		uint32_t pfn_to_mfn_frame_list_list;
		uint32_t nmi_reason;
		uint32_t pad[64];
	} arch;
};

_Static_assert(sizeof(struct shared_info) == 2584, "ABI, section 4");
_Static_assert(offsetof(struct shared_info, evtchn_pending) == 0x800, "ABI, section 4");
_Static_assert(offsetof(struct shared_info, arch) == 0x90C, "ABI, section 4");

#endif /* !__ASSEMBLER__ */

#endif
