/* SPDX-License-Identifier: MIT */
/* The command line's words: what is understood, and what is complained about and changes nothing. */
#include <inttypes.h>
#include <string.h>

#include <test/quote.h>
#include <test/suite.h>
#include <xen/param.h>

static char sched[8];
static uint32_t com1;
static uint64_t dom0_mem;
static bool noreboot;

static const struct param params[] = {
	{ "sched", PARAM_KIND_STRING, sched, sizeof(sched) },
	{ "com1", PARAM_KIND_UNSIGNED, &com1, sizeof(com1) },
	{ "dom0_mem", PARAM_KIND_SIZE, &dom0_mem, sizeof(dom0_mem) },
	{ "noreboot", PARAM_KIND_FLAG, &noreboot, sizeof(noreboot) },
};

/* The words complained about, each followed by a blank. */
static char complaints[200];

static void complain(const char *word, size_t length, const char *reason)
{
	EXPECT(reason && *reason, "%s: expected a reason, saw none", quote(word, length));
	strncat(complaints, word, length);
	strcat(complaints, " ");
}

/* Parses a command line over values that none of the tests sets. */
static void parse(const char *command_line)
{
	strcpy(sched, "before");
	com1 = 4711;
	dom0_mem = 4711;
	noreboot = false;
	complaints[0] = '\0';
	param_parse(params, ARRAY_SIZE(params), command_line, complain);
}

static void expect_complaints(const char *command_line, const char *expected)
{
	EXPECT(!strcmp(complaints, expected),
	       "command line %s: expected complaints about %s, saw %s",
	       quote_string(command_line, 80), quote_string(expected, 80),
	       quote_string(complaints, 80));
}

static void expect_sched(const char *command_line, const char *expected)
{
	parse(command_line);
	EXPECT(!strcmp(sched, expected), "command line %s: expected sched %s, saw %s",
	       quote_string(command_line, 80), quote_string(expected, sizeof(sched)),
	       quote_string(sched, sizeof(sched)));
}

static void expect_com1(const char *command_line, uint32_t expected)
{
	parse(command_line);
	EXPECT(com1 == expected, "command line %s: expected com1 %u, saw %u",
	       quote_string(command_line, 80), expected, com1);
}

static void expect_dom0_mem(const char *command_line, uint64_t expected)
{
	parse(command_line);
	EXPECT(dom0_mem == expected, "command line %s: expected dom0_mem %" PRIu64 ", saw %" PRIu64,
	       quote_string(command_line, 80), expected, dom0_mem);
}

static void expect_noreboot(const char *command_line, bool expected)
{
	parse(command_line);
	EXPECT(noreboot == expected, "command line %s: expected noreboot %d, saw %d",
	       quote_string(command_line, 80), expected, noreboot);
}

/* The command line is one word: it is complained about, and no value changes. */
static void expect_refused(const char *word)
{
	char expected[80];

	parse(word);
	strcpy(expected, word);
	strcat(expected, " ");
	expect_complaints(word, expected);
	EXPECT(!strcmp(sched, "before") && com1 == 4711 && dom0_mem == 4711 && !noreboot,
	       "command line %s: expected no value changed, saw sched %s, com1 %u, dom0_mem %" PRIu64
	       ", noreboot %d",
	       quote_string(word, 80), quote_string(sched, sizeof(sched)), com1, dom0_mem,
	       noreboot);
}

START_TEST(strings)
{
	expect_sched("sched=rr", "rr");
	expect_sched("sched=", "");
	expect_sched("sched=a=b", "a=b");
	expect_sched("sched=seven77", "seven77");
	expect_sched("sched=one sched=two", "two");
	expect_refused("sched=eight888");
	expect_refused("sched");
}
END_TEST

START_TEST(numbers)
{
	expect_com1("com1=0", 0);
	expect_com1("com1=115200", 115200);
	expect_com1("com1=0x1C200", 115200);
	expect_com1("com1=0X1c200", 115200);
	expect_com1("com1=4294967295", UINT32_MAX);
	expect_com1("com1=00000000000000000000000000007", 7);
	expect_refused("com1=4294967296");
	expect_refused("com1=0x100000000");
	expect_refused("com1=18446744073709551617");
	expect_refused("com1=99999999999999999999999999999999999999");
	expect_refused("com1=");
	expect_refused("com1");
	expect_refused("com1=-1");
	expect_refused("com1=+1");
	expect_refused("com1=12a");
	expect_refused("com1=0x");
	expect_refused("com1=0xG");
	expect_refused("com1=a");
	expect_refused("com1=9600,8n1");
}
END_TEST

START_TEST(sizes)
{
	expect_dom0_mem("dom0_mem=64M", 64 << 20);
	expect_dom0_mem("dom0_mem=64m", 64 << 20);
	expect_dom0_mem("dom0_mem=65536", 65536 << 10);
	expect_dom0_mem("dom0_mem=65536K", 65536 << 10);
	expect_dom0_mem("dom0_mem=3g", 3ull << 30);
	expect_dom0_mem("dom0_mem=0x40M", 64 << 20);
	expect_dom0_mem("dom0_mem=0", 0);
	expect_dom0_mem("dom0_mem=17179869183G", 17179869183ull << 30);
	expect_refused("dom0_mem=17179869184G");
	expect_refused("dom0_mem=18014398509481984");
	expect_refused("dom0_mem=");
	expect_refused("dom0_mem");
	expect_refused("dom0_mem=M");
	expect_refused("dom0_mem=64MB");
	expect_refused("dom0_mem=64T");
	expect_refused("dom0_mem=-64M");
}
END_TEST

START_TEST(flags)
{
	expect_noreboot("noreboot", true);
	expect_noreboot("noreboot no-noreboot", false);
	expect_noreboot("no-noreboot noreboot", true);
	expect_refused("noreboot=1");
	expect_refused("noreboot=");
	expect_refused("no-sched");
	expect_refused("no-");
	expect_refused("no-nothing");
	expect_refused("no-noreboot=1");
}
END_TEST

START_TEST(words_that_nobody_knows)
{
	expect_refused("unknown");
	expect_refused("unknown=value");
	expect_refused("=");
	expect_refused("=rr");
	expect_refused("sch=rr");
	expect_refused("sched2=rr");
	expect_refused("SCHED=rr");
	expect_sched("unknown sched=rr what=ever", "rr");
	expect_complaints("unknown sched=rr what=ever", "unknown what=ever ");
}
END_TEST

START_TEST(blanks)
{
	parse("");
	expect_complaints("", "");
	parse(" \t\r\n ");
	expect_complaints(" \t\r\n ", "");
	expect_sched("  \tnoreboot   sched=rr \n", "rr");
	expect_complaints("  \tnoreboot   sched=rr \n", "");
}
END_TEST

START_TEST(the_images_own_name)
{
	expect_sched("/boot/ring1.elf sched=rr", "rr");
	expect_complaints("/boot/ring1.elf", "");
	expect_sched("build/stage1/student/ring1.elf sched=rr", "rr");
	expect_complaints("build/stage1/student/ring1.elf", "");
	expect_sched("ring1.elf sched=rr", "rr");
	expect_complaints("ring1.elf", "");
	expect_sched("  /ring1 sched=rr", "rr");
	expect_complaints("  /ring1", "");

	parse("noreboot /boot/ring1.elf");
	expect_complaints("noreboot /boot/ring1.elf", "/boot/ring1.elf ");
	expect_sched("sched=/dev", "/dev");
	expect_refused("disk=/dev/sda");
}
END_TEST

START_TEST(nobody_listens_to_complaints)
{
	com1 = 1;
	param_parse(params, ARRAY_SIZE(params), "unknown com1=x com1=2", NULL);
	ck_assert_uint_eq(com1, 2);
	param_parse(params, 0, "com1=3", NULL);
	ck_assert_uint_eq(com1, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("param");
	TCase *values = add_case(suite, "values");
	TCase *words = add_case(suite, "words");

	tcase_add_test(values, strings);
	tcase_add_test(values, numbers);
	tcase_add_test(values, sizes);
	tcase_add_test(values, flags);

	tcase_add_test(words, words_that_nobody_knows);
	tcase_add_test(words, blanks);
	tcase_add_test(words, the_images_own_name);
	tcase_add_test(words, nobody_listens_to_complaints);
	return run_suite(suite);
}
