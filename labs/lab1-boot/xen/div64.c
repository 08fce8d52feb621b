/* SPDX-License-Identifier: MIT */
#include <xen/div64.h>

uint32_t div64_32(uint64_t *dividend, uint32_t divisor)
{
	uint64_t quotient = 0;
	uint64_t remainder = 0;

	/* Most numbers are short, and then one 32-bit division does it. */
	if (*dividend >> 32 == 0) {
		uint32_t low = (uint32_t)*dividend;

		*dividend = low / divisor;
		return low % divisor;
	}

	for (int bit = 63; bit >= 0; bit--) {
		remainder = remainder << 1 | (*dividend >> bit & 1);
		if (remainder >= divisor) {
			remainder -= divisor;
			quotient |= (uint64_t)1 << bit;
		}
	}
	*dividend = quotient;
	return (uint32_t)remainder;
}
