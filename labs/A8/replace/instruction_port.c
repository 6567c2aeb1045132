/* A place for a fast path for `in` and `out` of a kernel. False: nothing was done. */
bool instruction_port(struct vcpu *v)
{
	return false;
}
