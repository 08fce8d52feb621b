# SPDX-License-Identifier: MIT
#
# Makes assembly for the hypervisor's own symbol table (struct symbol in
# <xen/symbols.h>) from the functions that `nm -n` lists: "address type name".
# A function reaches up to the next one.

BEGIN {
	print ".section .symbols, \"a\""
	print ".globl symbol_table, symbol_table_end"
	print "symbol_table:"
}

function emit() {
	if (name != "") {
		printf "\t.long 0x%s, 0x%s - 0x%s, name%d\n", start, $1, start, count
		names[count++] = name
	}
}

# Numbers compare as strings here: all have eight digits, lower case.
$2 ~ /^[Tt]$/ && $1 >= high_half {
	if ($1 != start)
		emit()
	start = $1
	name = $3 == "text_end" ? "" : $3
}

END {
	print "symbol_table_end:"
	for (i = 0; i < count; i++)
		printf "name%d: .asciz \"%s\"\n", i, names[i]
	print ".section .note.GNU-stack, \"\", @progbits"
}
