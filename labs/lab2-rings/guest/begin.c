/* SPDX-License-Identifier: MIT */
#include <guest/hypercall.h>
#include <guest/print.h>
#include <guest/start.h>

struct start_info *start_info;

extern char guest_stack_top[];

/* start.S calls it with what was in ESI. */
void guest_begin(struct start_info *si);

void guest_begin(struct start_info *si)
{
	start_info = si;
	guest_main();
	hypervisor_shutdown(SHUTDOWN_poweroff);
}

void guest_panic(const char *why)
{
	printf("guest panic: %s\n", why);
	hypervisor_shutdown(SHUTDOWN_crash);
}

uint32_t virt_to_mfn(const volatile void *p)
{
	const uint32_t *mfn_list = (const uint32_t *)(uintptr_t)start_info->mfn_list;
	extern char hypercall_page_start[] __asm__("hypercall_page");

	return mfn_list[(address_of(p) - address_of(hypercall_page_start)) >> 12];
}
