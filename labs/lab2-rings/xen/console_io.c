/* SPDX-License-Identifier: MIT */
/*
 * The guests' way to the hypervisor's console. Domain 0's text goes out as it is; any other's
 * gets its number before each line.
 */
#include <public/errno.h>
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/subsystem.h>
#include <xen/vsnprintf.h>

#define PIECE 128

/* The domain whose line is unfinished, if one is. */
static const struct domain *in_line;

static void write_prefix(const struct domain *d)
{
	char prefix[16];
	int length = snprintf(prefix, sizeof(prefix), "(d%u) ", d->id);

	console_write(prefix, (size_t)length);
}

/* Another's unfinished line is ended first. */
static void write_text(const struct domain *d, const char *text, uint32_t n)
{
	if (in_line && in_line != d) {
		console_write("\n", 1);
		in_line = NULL;
	}
	while (n) {
		uint32_t line = 0;
		bool ends = false;

		while (line < n && !ends)
			ends = text[line++] == '\n';
		if (!in_line && !d->privileged)
			write_prefix(d);
		console_write(text, line);
		in_line = ends ? NULL : d;
		text += line;
		n -= line;
	}
}

static long console_write_guest(uint32_t count, vaddr_t text)
{
	char piece[PIECE];

	for (uint32_t done = 0; done < count;) {
		uint32_t n = count - done < sizeof(piece) ? count - done : sizeof(piece);

		if (copy_from_guest(piece, text + done, n) != 0)
			return -EFAULT;
		write_text(current, piece, n);
		done += n;
	}
	return 0;
}

static long console_read_guest(uint32_t count, vaddr_t text)
{
	uint32_t done = 0;
	int c;

	if (!current->privileged)
		return -EPERM;
	while (done < count && (c = console_getc()) >= 0) {
		char byte = (char)c;

		if (copy_to_guest(text + done, &byte, 1) != 0)
			return -EFAULT;
		done++;
	}
	return (long)done;
}

static long do_console_io(uint32_t command, uint32_t count, uint32_t text, uint32_t d, uint32_t e)
{
	(void)d, (void)e;
	if (!access_ok(text, count))
		return -EFAULT;
	switch (command) {
	case CONSOLEIO_write:
		return console_write_guest(count, text);
	case CONSOLEIO_read:
		return console_read_guest(count, text);
	default:
		return -ENOSYS;
	}
}

/* The next domain may get this one's memory, and with it its address. */
static void console_io_forget(struct domain *d)
{
	if (in_line == d) {
		console_write("\n", 1);
		in_line = NULL;
	}
}

HYPERCALL(__HYPERVISOR_console_io, do_console_io);

SUBSYSTEM(console_io) = {
	.name = "guests' console",
	.domain_destroy = console_io_forget,
};
