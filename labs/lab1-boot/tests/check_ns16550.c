/* SPDX-License-Identifier: MIT */
/* The serial port's driver on a model of the device, whose transmitter needs its time. */
#include <string.h>

#include <test/quote.h>
#include <test/suite.h>
#include <test/uart.h>
#include <xen/ns16550.h>

static const char text[] = "ring1: a byte at a time\r\n";

/* Sends the text through a transmitter that is busy for so many reads with each byte. */
static void expect_text_arrives(unsigned slowness, unsigned busy, bool input_waits)
{
	uart = (struct uart){
		.slowness = slowness,
		.busy = busy,
		.input_waits = input_waits,
		.input = 'x',
	};
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		ns16550_putc(text[i]);

	EXPECT(uart.nr_lost == 0,
	       "a transmitter busy for %u reads with each byte: expected none written while it "
	       "is, saw %u written too early and lost; %s arrived",
	       slowness, uart.nr_lost, quote(uart.sent, uart.nr_sent));
	EXPECT(uart.nr_sent == sizeof(text) - 1 && !memcmp(uart.sent, text, uart.nr_sent),
	       "a transmitter busy for %u reads with each byte: expected %s, saw %s", slowness,
	       quote(text, sizeof(text) - 1), quote(uart.sent, uart.nr_sent));
}

START_TEST(a_ready_transmitter_sends)
{
	expect_text_arrives(0, 0, false);
}
END_TEST

START_TEST(a_busy_transmitter_is_waited_for)
{
	for (unsigned slowness = 1; slowness < 40; slowness++)
		expect_text_arrives(slowness, 0, false);
}
END_TEST

START_TEST(the_first_byte_waits_too)
{
	expect_text_arrives(3, 1000, false);
}
END_TEST

/* The line status then has another bit set, and the byte that came in stays for getc(). */
START_TEST(waiting_input_changes_nothing)
{
	expect_text_arrives(5, 5, true);
	EXPECT(uart.input_waits, "ns16550_putc(): expected input to be left alone, saw it read");
}
END_TEST

START_TEST(each_byte_is_sent_once_as_it_is)
{
	uart = (struct uart){ .slowness = 2 };
	for (unsigned byte = 0; byte < 256; byte++) {
		ns16550_putc((char)byte);
		EXPECT(uart.nr_sent == byte + 1,
		       "ns16550_putc(%02x): expected one byte sent, saw %d", byte,
		       (int)uart.nr_sent - (int)byte);
		EXPECT(uart.sent[byte] == byte, "ns16550_putc(%02x): expected %02x sent, saw %02x",
		       byte, byte, uart.sent[byte]);
	}
}
END_TEST

START_TEST(no_other_register_changes)
{
	const struct uart set_up = { .lcr = UART_LCR_8N1, .fcr = 7, .mcr = 3, .divisor = 1 };

	uart = set_up;
	ns16550_putc('A');
	EXPECT(uart.nr_sent == 1, "ns16550_putc('A'): expected one byte sent, saw %u",
	       uart.nr_sent);
	EXPECT(uart.lcr == set_up.lcr && uart.fcr == set_up.fcr && uart.mcr == set_up.mcr &&
		       uart.ier == set_up.ier && uart.divisor == set_up.divisor,
	       "ns16550_putc('A'): expected a write to the transmitter (port %x) only, saw "
	       "another register changed",
	       COM1 + UART_THR);
}
END_TEST

/* Given code. */
START_TEST(init_sets_the_line)
{
	uart = (struct uart){ .ier = 0xFF };
	ns16550_init(9600);
	ck_assert_uint_eq(uart.divisor, 12);
	ck_assert_uint_eq(uart.lcr, UART_LCR_8N1);
	ck_assert_uint_eq(uart.ier, 0);
	ck_assert_uint_eq(uart.fcr, UART_FCR_ENABLE_AND_CLEAR);
	ck_assert_uint_eq(uart.mcr, UART_MCR_DTR_RTS);

	ns16550_init(1);
	ck_assert_uint_eq(uart.divisor, 115200 & 0xFFFF);
}
END_TEST

START_TEST(getc_gives_what_waits)
{
	uart = (struct uart){ .input_waits = true, .input = 0xFF };
	ck_assert_int_eq(ns16550_getc(), 0xFF);
	ck_assert_int_eq(ns16550_getc(), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ns16550");
	TCase *waits = add_case(suite, "waits");
	TCase *bytes = add_case(suite, "bytes");
	TCase *given = add_case(suite, "given");

	tcase_add_test(waits, a_ready_transmitter_sends);
	tcase_add_test(waits, a_busy_transmitter_is_waited_for);
	tcase_add_test(waits, the_first_byte_waits_too);
	tcase_add_test(waits, waiting_input_changes_nothing);

	tcase_add_test(bytes, each_byte_is_sent_once_as_it_is);
	tcase_add_test(bytes, no_other_register_changes);

	tcase_add_test(given, init_sets_the_line);
	tcase_add_test(given, getc_gives_what_waits);
	return run_suite(suite);
}
