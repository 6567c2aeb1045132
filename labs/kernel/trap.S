	.globl trap_iret
trap_iret: iret
	.section .note.GNU-stack, "", @progbits
