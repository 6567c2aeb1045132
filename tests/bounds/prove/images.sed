# FILE: hv/image/elf.c
/^static bool add_segment(/,/^}/s|^	for (u32 k = 0; .*|	/*@ loop invariant k <= p->parts; loop assigns k; loop variant p->parts - k; */\
&|
/^static bool entry_ok(/,/^}/s|^	for (u32 k = 0; .*|	/*@ loop invariant k <= p->parts; loop assigns k; loop variant p->parts - k; */\
&|
/^bool elf_plan(/,/^}/s|^	for (u32 n = 0; .*|	/*@ loop invariant n <= phnum; loop invariant plan(i, p);\
	    loop assigns n, *p, memsz[0 .. 15]; loop variant phnum - n; */\
&|
/^bool elf_plan(/,/^}/s|^		struct segment s = {|		/*@ assert n * U16(i, 42) + U16(i, 42) <= phnum * U16(i, 42); */\
		/*@ assert at + 32 <= i->len; */\
&|
