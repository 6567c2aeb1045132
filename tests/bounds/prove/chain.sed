# FILE: devices/virtio/queue.c
/^static const char \*chain_read(/,/^}/s|^	for (;;) {|	/*@ loop invariant COUNT <= q->size;\
	    loop invariant c->out_len + c->in_len <= 0xffffffff;\
	    loop invariant pieces(c, COUNT);\
	    loop invariant c->head == head;\
	    loop invariant t.entries <= q->size;\
	    loop invariant in_ram(t.at, t.entries * 16);\
	    loop invariant (t.indirect == 0 \|\| t.indirect == 1);\
	    loop assigns *c, t, i, e, why;\
	    loop variant q->size - COUNT + (t.indirect ? 0 : 1); */\
&|
/^static const char \*chain_add(/,/^}/s|^	\*total += e->len;|	/*@ assert K < n ==> in_ram(c->seg[K].at, c->seg[K].len); */\
&|
