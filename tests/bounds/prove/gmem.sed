# FILE: mm/gmem.c
/^static void copy(/,/^}/s|^	while (len) {|	/*@ loop invariant memory(m) \&\& in_ram(m, at, len) \&\& \\valid(buf + (0 .. len - 1));\
	    loop variant len; */\
&|
