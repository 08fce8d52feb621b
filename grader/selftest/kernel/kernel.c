/* SPDX-License-Identifier: MIT */
/*
 * A kernel for the grader's own tests. It behaves as its command line says,
 * and badly in most cases: the grader must tell each kind of bad apart.
 */
#include <stdint.h>

#define COM1            0x3f8
#define LINE_STATUS     (COM1 + 5)
#define DEBUG_EXIT      0xf4
#define PIIX4_CONTROL   0x604
#define PIIX4_POWER_OFF 0x2000
#define RESET_CONTROL   0xcf9
#define RESET_NOW       6

struct multiboot_info {
	uint32_t flags, mem_lower, mem_upper, boot_device, command_line;
};

struct behaviour {
	const char *name;
	void (*act)(void);
};

void kernel_main(const struct multiboot_info *info);

/* The grader writes the key of the run over these zeros. */
char ktap_key[33] = "00000000000000000000000000000000";

volatile uint32_t scratch = 0x12345678;

static void out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void out16(uint16_t port, uint16_t value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static void out32(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void say(const char *text)
{
	for (; *text; text++)
		out8(COM1, (uint8_t)*text);
}

static void report(const char *ktap)
{
	say(ktap_key);
	say(" ");
	say(ktap);
	say("\n");
}

static void end(uint32_t code)
{
	out32(DEBUG_EXIT, code);
	/* Newer QEMUs let us run on for a moment. */
	for (;;)
		asm volatile("hlt");
}

static void pass(void)
{
	say("ordinary output\nan unfinished line ");
	report("KTAP version 1");
	report("1..2");
	report("ok 1 first");
	report("ok 2 second");
	end(0x10);
}

static void fail(void)
{
	report("KTAP version 1");
	report("1..2");
	report("ok 1 first");
	report("# expected 3, saw 4");
	report("not ok 2 second");
	end(0x10);
}

static void forge(void)
{
	say("KTAP version 1\n1..1\nok 1 first\n");
	say("00000000000000000000000000000000 KTAP version 1\n");
	say("00000000000000000000000000000000 1..1\n");
	say("00000000000000000000000000000000 ok 1 first\n");
	end(0x10);
}

static void babble(void)
{
	report("KTAP version 1");
	report("well, it works on mine");
	end(0x10);
}

static void give_up(void)
{
	report("KTAP version 1");
	report("1..2");
	report("ok 1 first");
	end(0x10);
}

__attribute__((noinline)) void spin_for_ever(void)
{
	for (;;)
		scratch++;
}

static void hang(void)
{
	say("about to hang\n");
	spin_for_ever();
	say("never said");
}

static void fail_and_hang(void)
{
	report("KTAP version 1");
	report("1..2");
	report("not ok 1 first");
	spin_for_ever();
}

static void halt(void)
{
	asm volatile("cli; hlt");
}

static void flood(void)
{
	for (;;)
		say("all work and no play makes a dull boy\n");
}

static void triple_fault(void)
{
	const struct {
		uint16_t limit;
		uint32_t base;
	} __attribute__((packed)) none = { 0, 0 };

	asm volatile("lidt %0; ud2" : : "m"(none));
}

/* Paging on, with a page directory in which nothing is present. */
static void unmap(void)
{
	static uint32_t directory[1024] __attribute__((aligned(4096)));

	asm volatile("mov %0, %%cr3\n\t"
		     "mov %%cr0, %%eax\n\t"
		     "or $0x80000000, %%eax\n\t"
		     "mov %%eax, %%cr0"
		     :
		     : "r"(directory)
		     : "eax", "memory");
}

static void panic(void)
{
	say("PANIC: out of cheese\neax=00000000\nbacktrace:\n  [<00100010>] start+0x10/0x20\n");
	end(0x11);
}

static void reboot(void)
{
	end(0x12);
}

static void missing(void)
{
	say("ring1: stopped: lab 1, exercise 1.3: descriptors_init() is to be written\n");
	end(0x13);
}

static void nonsense(void)
{
	end(0x77);
}

static void reset(void)
{
	out8(RESET_CONTROL, RESET_NOW);
	spin_for_ever();
}

static void power_off(void)
{
	out16(PIIX4_CONTROL, PIIX4_POWER_OFF);
	spin_for_ever();
}

static void tell_scratch(void)
{
	say(scratch == 0x12345678 ? "scratch is untouched\n" : "scratch was changed\n");
	end(0x10);
}

static void echo(void)
{
	char typed[] = "typed: ?\n";

	while (!(in8(LINE_STATUS) & 1))
		continue;
	typed[7] = (char)in8(COM1);
	say(typed);
	end(0x10);
}

static const struct behaviour behaviours[] = {
	{ "pass", pass },
	{ "fail", fail },
	{ "forge", forge },
	{ "babble", babble },
	{ "give-up", give_up },
	{ "hang", hang },
	{ "fail-and-hang", fail_and_hang },
	{ "halt", halt },
	{ "flood", flood },
	{ "triple-fault", triple_fault },
	{ "unmap", unmap },
	{ "panic", panic },
	{ "reboot", reboot },
	{ "missing", missing },
	{ "nonsense", nonsense },
	{ "reset", reset },
	{ "power-off", power_off },
	{ "tell-scratch", tell_scratch },
	{ "echo", echo },
};

/* The word is what follows `test=` at the command line's end. */
static int ends_with(const char *line, const char *word)
{
	const char *tail = line;

	for (const char *c = line; *c; c++)
		if (*c == '=')
			tail = c + 1;
	while (*tail && *tail == *word)
		tail++, word++;
	return !*tail && !*word;
}

void kernel_main(const struct multiboot_info *info)
{
	const char *line = (const char *)info->command_line;

	for (unsigned int i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (ends_with(line, behaviours[i].name))
			behaviours[i].act();
	end(0x10);
}
