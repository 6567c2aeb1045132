/* One name after the other. */
SPECIALISED u32 set_ptes(const struct pt_format *gf, const struct pt_format *sf, struct shadow *s,
			 const struct pte_name *name, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		bool all = name[i].va >= s->kernel_base;
		struct root *r = all ? &s->kernel : root_find(s, name[i].top);
		gpa_t at = all && !table_ok(s, name[i].top) ? s->current->top : name[i].top;

		if (name[i].va >= SWITCHER_BASE)
			return i;
		if (r)
			resync_page(s, r, at, name[i].va);
	}
	return count;
}
