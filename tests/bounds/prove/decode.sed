# FILE: hv/vcpu/emulate/decode.c
s|^	got = in->ops->fetch(|	/*@ calls fetch_model; */\
&|
/^static bool next(/,/^}/s|^	for (i = 0; i < size; i++) {|	/*@ loop invariant decoding(in);\
	    loop invariant i <= size \&\& in->at == \\at(in->at, Pre) + i;\
	    loop assigns i, sum, in->result, in->have, in->at, in->bytes[0 .. 14];\
	    loop variant size - i; */\
&|
