/* A place for a fast path for what nearly all faults are, which lab A8 is about. SHADOW_KILL:
 * nothing was decided, resolve() must. */
SPECIALISED enum shadow_verdict quick(const struct pt_format *gf, const struct pt_format *sf,
				      struct shadow *s, gva_t va, u32 *error)
{
	return SHADOW_KILL;
}
