void guest_main(void)
{
	puts("attack: there is none yet\n");
}
