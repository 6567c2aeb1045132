# Debugging ringone: `make debug` in one terminal, `gdb -nx -x .gdbinit` in another.
set architecture i386
file build/ringone.elf
set pagination off
set print pretty on
target remote 127.0.0.1:1234

# vcpu N: registers of guest N's processor as its last exit left them.
define vcpu
	print *guests[$arg0].vcpu->regs
end
document vcpu
vcpu N: the registers with which guest number N last came back.
end

# guest-symbols FILE: a guest kernel's symbols beside ours (they never overlap in one address space).
define guest-symbols
	add-symbol-file $arg0
end
break panic
echo \n"continue" starts the machine; panic() is a breakpoint.\n
