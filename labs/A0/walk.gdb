# A walk from the boot loader to the guest's first hypercall. The machine stands before its first instruction; gdb is
# connected and knows the hypervisor's symbols.
tbreak boot_main
continue
printf "walk: magic %#x\n", magic
printf "walk: paging %d\n", ($cr0 >> 31) & 1

# The switcher is where the world changes: a few instructions on, CS is the guest's.
tbreak switcher_enter
continue
while ($cs & 3) == 0
	stepi
end
printf "walk: ring %d\n", $cs & 3
printf "walk: eip %#x\n", $eip

tbreak hypercall
continue
printf "walk: hypercall %d\n", v->regs->eax
