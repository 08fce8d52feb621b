/* SPDX-License-Identifier: MIT */
/* div64_32() against the host's own division. */
#include <inttypes.h>

#include <test/dice.h>
#include <test/suite.h>
#include <xen/div64.h>

static void expect_quotient(uint64_t dividend, uint32_t divisor)
{
	uint64_t quotient = dividend;
	uint32_t remainder = div64_32(&quotient, divisor);

	EXPECT(quotient == dividend / divisor && remainder == dividend % divisor,
	       "%" PRIu64 " / %u: expected %" PRIu64 ", remainder %u, saw %" PRIu64
	       ", remainder %u",
	       dividend, divisor, dividend / divisor, (uint32_t)(dividend % divisor), quotient,
	       remainder);
}

START_TEST(borders)
{
	static const uint64_t dividends[] = {
		0, 1, 9, 10, UINT32_MAX, UINT32_MAX + 1ull, INT64_MAX, INT64_MAX + 1ull, UINT64_MAX,
	};
	static const uint32_t divisors[] = { 1, 2, 3, 10, 16, 1000000000, INT32_MAX, UINT32_MAX };

	for (unsigned i = 0; i < ARRAY_SIZE(dividends); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(divisors); j++)
			expect_quotient(dividends[i], divisors[j]);
}
END_TEST

START_TEST(at_random)
{
	struct dice dice = { 64 };

	for (unsigned i = 0; i < 20000; i++) {
		uint32_t divisor = (uint32_t)roll_number(&dice);

		expect_quotient(roll_number(&dice), divisor ? divisor : 1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("div64");
	TCase *quotients = add_case(suite, "quotients");

	tcase_add_test(quotients, borders);
	tcase_add_test(quotients, at_random);
	return run_suite(suite);
}
