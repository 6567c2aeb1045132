# FILE: mm/walk.h
/^SPECIALISED enum walk_end walk_down(/,/^}/s|^	for (unsigned level = .*|	/*@ loop invariant format(f);\
	    loop invariant pager(s);\
	    loop invariant level < f->levels;\
	    loop invariant level == f->levels - 1 ? top(s->mem, f, table) : page(s->mem, table);\
	    loop assigns level, table, at, e, next, w->rights, w->marked;\
	    loop variant level; */\
&|
