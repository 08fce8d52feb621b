/* SPDX-License-Identifier: MIT */
#include <xen/param.h>
#include <xen/string.h>

/* One word of the command line, and where its value begins if it has one. */
struct word {
	const char *text;
	size_t length;
	size_t name_length; /* up to the '=', or all of it */
};

static bool word_has_value(const struct word *w)
{
	return w->name_length < w->length;
}

static bool word_is(const struct word *w, size_t skip, const char *name)
{
	return strlen(name) == w->name_length - skip &&
	       memcmp(w->text + skip, name, w->name_length - skip) == 0;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return 16;
}

/* Reads a number at text[0, n); gives how many characters it took, 0 if none or too big. */
static size_t parse_number(const char *text, size_t n, uint64_t *number)
{
	int base = 10;
	size_t i = 0;
	size_t first;

	if (n > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		i = 2;
	}
	*number = 0;
	for (first = i; i < n && digit_value(text[i]) < base; i++) {
		if (*number >> 59)
			return 0;
		*number = *number * (uint64_t)base + (uint64_t)digit_value(text[i]);
	}
	return i > first ? i : 0;
}

static const char *set_unsigned(const struct param *p, const char *text, size_t n)
{
	uint64_t number;

	if (!n || parse_number(text, n, &number) != n || number > UINT32_MAX)
		return "its value is not a 32-bit number";
	*(uint32_t *)p->value = (uint32_t)number;
	return NULL;
}

static const char *set_size(const struct param *p, const char *text, size_t n)
{
	static const char bad[] = "its value is not a size such as 64M";
	uint64_t number;
	size_t digits = parse_number(text, n, &number);
	unsigned shift = 10;

	if (!digits || n - digits > 1)
		return bad;
	if (n > digits) {
		switch (text[digits] | 0x20) {
		case 'k':
			shift = 10;
			break;
		case 'm':
			shift = 20;
			break;
		case 'g':
			shift = 30;
			break;
		default:
			return bad;
		}
	}
	if (number >> (64 - shift))
		return bad;
	*(uint64_t *)p->value = number << shift;
	return NULL;
}

static const char *set_string(const struct param *p, const char *text, size_t n)
{
	char *value = p->value;

	if (n >= p->size)
		return "its value is too long";
	memcpy(value, text, n);
	value[n] = '\0';
	return NULL;
}

static const char *set_value(const struct param *p, const struct word *w)
{
	const char *text = w->text + w->name_length + 1;
	size_t n;

	if (p->kind == PARAM_KIND_FLAG) {
		if (word_has_value(w))
			return "it takes no value";
		*(bool *)p->value = true;
		return NULL;
	}
	if (!word_has_value(w))
		return "it wants a value";

	n = w->length - w->name_length - 1;
	switch (p->kind) {
	case PARAM_KIND_UNSIGNED:
		return set_unsigned(p, text, n);
	case PARAM_KIND_SIZE:
		return set_size(p, text, n);
	default:
		return set_string(p, text, n);
	}
}

/* Returns what is wrong with the word, or NULL. */
static const char *apply(const struct param *params, size_t count, const struct word *w)
{
	static const char no[] = "no-";

	for (const struct param *p = params; p < params + count; p++)
		if (word_is(w, 0, p->name))
			return set_value(p, w);

	if (!word_has_value(w) && w->length > 3 && memcmp(w->text, no, 3) == 0) {
		for (const struct param *p = params; p < params + count; p++) {
			if (p->kind == PARAM_KIND_FLAG && word_is(w, 3, p->name)) {
				*(bool *)p->value = false;
				return NULL;
			}
		}
	}
	return "there is no such option";
}

/* A path, and not an option whose value contains a slash. */
static bool looks_like_file(const struct word *w)
{
	for (size_t i = 0; i < w->name_length; i++)
		if (w->text[i] == '/')
			return true;
	return w->length > 4 && memcmp(w->text + w->length - 4, ".elf", 4) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void param_parse(const struct param *params, size_t count, const char *command_line,
		 param_complaint_t *complain)
{
	bool first = true;

	for (const char *p = command_line; *p;) {
		struct word w = { .text = p };
		const char *trouble;

		if (is_space(*p)) {
			p++;
			continue;
		}
		while (*p && !is_space(*p))
			p++;
		w.length = (size_t)(p - w.text);
		while (w.name_length < w.length && w.text[w.name_length] != '=')
			w.name_length++;

		trouble = first && looks_like_file(&w) ? NULL : apply(params, count, &w);
		if (trouble && complain)
			complain(w.text, w.length, trouble);
		first = false;
	}
}
