bool guest_ram_ok(const struct gmem *m, gpa_t at, u32 len)
{
	return at + len <= m->ram_pages << PAGE_SHIFT;
}
