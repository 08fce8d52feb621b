/* SPDX-License-Identifier: MIT */
/* Who the hypervisor is and what it can do (ABI, section 2). */
#include <public/errno.h>
#include <public/version.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/layout.h>
#include <xen/page.h>

#define VERSION (3u << 16)

static long give(uint32_t to, const void *answer, uint32_t bytes)
{
	return copy_to_guest(to, answer, bytes);
}

static long compile_info(uint32_t to)
{
	static const struct xen_compile_info info = {
		.compiler = __VERSION__,
		.compile_by = "ring1",
		.compile_domain = "ring1",
		.compile_date = "",
	};

	return give(to, &info, sizeof(info));
}

static long get_features(uint32_t to)
{
	struct xen_feature_info info;

	if (copy_from_guest(&info, to, sizeof(info)) != 0)
		return -EFAULT;
	if (info.submap_idx != 0)
		return -EINVAL;
	info.submap = 0;
	return give(to, &info, sizeof(info));
}

static long do_xen_version(uint32_t command, uint32_t to, uint32_t c, uint32_t d, uint32_t e)
{
	static const struct xen_extraversion extraversion = { ".4-ring1" };
	static const struct xen_capabilities capabilities = { "xen-3.0-x86_32 " };
	static const struct xen_changeset changeset = { "unavailable" };
	static const struct xen_platform_parameters parameters = { HYPERVISOR_VIRT_START };
	static const struct xen_domain_handle handle = { { 0 } };

	(void)c, (void)d, (void)e;
	switch (command) {
	case XENVER_version:
		return VERSION;
	case XENVER_extraversion:
		return give(to, &extraversion, sizeof(extraversion));
	case XENVER_compile_info:
		return compile_info(to);
	case XENVER_capabilities:
		return give(to, &capabilities, sizeof(capabilities));
	case XENVER_changeset:
		return give(to, &changeset, sizeof(changeset));
	case XENVER_platform_parameters:
		return give(to, &parameters, sizeof(parameters));
	case XENVER_get_features:
		return get_features(to);
	case XENVER_pagesize:
		return to ? -EINVAL : (long)PAGE_SIZE;
	case XENVER_guest_handle:
		return give(to, &handle, sizeof(handle));
	default:
		return -ENOSYS;
	}
}

HYPERCALL(__HYPERVISOR_xen_version, do_xen_version);
