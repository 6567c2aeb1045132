# SPDX-License-Identifier: GPL-2.0-or-later
# For `gdb -x`, when a guest is debugged: a `monitor` command is about the guest that `thread` named last, and may
# begin another life of it. gdb asks for its registers anew then.
define hook-monitor
	if $_thread != 0
		maintenance flush register-cache
		set $ringone_pc = $pc
	end
end
define hookpost-monitor
	maintenance flush register-cache
end
