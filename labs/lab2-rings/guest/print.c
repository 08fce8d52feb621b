/* SPDX-License-Identifier: MIT */
/* Lines are gathered and written whole, so that two domains' lines do not mix. */
#include <stdarg.h>

#include <guest/hypercall.h>
#include <guest/print.h>

static char line[256];
static unsigned length;

void guest_put_char(char c);

void guest_put_char(char c)
{
	line[length++] = c;
	if (c == '\n' || length == sizeof(line)) {
		hypervisor_console_write(line, length);
		length = 0;
	}
}

static void put_text(const char *text)
{
	while (*text)
		guest_put_char(*text++);
}

static void put_number(uint32_t value, uint32_t base, unsigned digits)
{
	if (value >= base || digits > 1)
		put_number(value / base, base, digits > 1 ? digits - 1 : 1);
	guest_put_char("0123456789abcdef"[value % base]);
}

void printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		unsigned digits = 1;
		int number;

		if (*format != '%') {
			guest_put_char(*format);
			continue;
		}
		format++;
		if (format[0] == '0' && format[1] == '8') {
			digits = 8;
			format += 2;
		}
		switch (*format) {
		case 's':
			put_text(va_arg(args, const char *));
			break;
		case 'c':
			guest_put_char((char)va_arg(args, int));
			break;
		case 'd':
			number = va_arg(args, int);
			if (number < 0)
				guest_put_char('-');
			put_number(number < 0 ? 0 - (uint32_t)number : (uint32_t)number, 10,
				   digits);
			break;
		case 'u':
			put_number(va_arg(args, unsigned), 10, digits);
			break;
		case 'x':
			put_number(va_arg(args, unsigned), 16, digits);
			break;
		default:
			guest_put_char(*format);
		}
	}
	va_end(args);
}
