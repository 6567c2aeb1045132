# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # what is shared with the other parts: see tools/run
# The manual.

usage() {
	cat <<'END'
usage: tools/run [options] [--guest NAME --kernel FILE [guest options]]...

Without --guest: a demonstration that ends by itself.

Each guest:
  --guest NAME          letters, digits, "-", "_", ".": at most 15
  --kernel FILE         ELF or Linux bzImage
  --initrd FILE         initial RAM disk
  --mem SIZE            memory, such as 64M (default: the hypervisor's)
  --append "ARGS"       the guest's command line
  --disk FILE[,ro]      a RAM disk with the file's bytes; may be repeated
  --net NAME            a network card; guests with the same NAME are connected
  --set KEY[=VALUE]     any other key of docs/config.md

The machine:
  --emulator qemu|bochs (default qemu)
  --boot multiboot|iso  how QEMU loads it (default multiboot); Bochs always boots the ISO
  --firmware efi32|efi64  EFI in place of a BIOS boots the ISO (QEMU with Debian's OVMF)
  --medium FILE,KIND    boot what this file holds in place of the guests: KIND is disk, floppy or cd
  --gfxmode WxH[xBITS]  the ISO's GRUB switches to such a graphics mode first
  --cpu MODEL           a CPU model of the emulator; pentium, pentium2, pentium3, n270 for both
  --smp N               processors
  --attach FILE[,KIND]  a disk of the machine, kept in that file: the first is hda, the next hdb.
                        KIND: cd is a disc in the drive hdd; in QEMU ahci is sda and so on, virtio
                        and virtio1 (without the legacy interface) are vda and so on. Guests take it
                        by --set disk=hda
  --nic MODEL           a network card of the machine, nic0 and so on, behind which the emulator
                        plays a gateway 10.0.2.2 (QEMU): virtio, virtio1, e1000,
                        e1000-82544gc, e1000e, rtl8139, pcnet, ne2k,
                        i8255x, tulip
  --cable MODEL         two such cards, and a cable from one to the other
  --device SPEC         another device of the machine, as QEMU's -device takes it
  --ram SIZE            the machine's memory (default: enough for the guests)
  --icount              QEMU counts instructions: every run the same
  --timeout S           give up after S seconds, status 124
  --hv "OPTIONS"        options of the hypervisor itself (docs/config.md)
  --screen              show the VGA screen in a window
  --display             a demonstration with a screen: two guests share it, in a window
  --web [PORT]          the page of docs/web.md shows it, at http://127.0.0.1:PORT/ (8000); the
                        machine starts when the page is opened (QEMU)
  --script FILE         type this on the serial line; lines are
                          wait REGEX  until it was printed since the last line typed
                          count N REGEX  the same for N lines
                          ever REGEX  until it was printed since the beginning
                          send TEXT   type it and press Enter (\ as in printf)
                          keys TEXT   type it only
                          monitor COMMAND  open the monitor with Ctrl-A and give it this
                          qemu COMMAND  give it to QEMU's own monitor: screendump, sendkey
                          pause S     do nothing for S seconds
  --gdb [PORT]          a line for gdb to look into guests, on port 1235 of this machine or PORT
                        (docs/debugging.md)
  --debug               stop before the first instruction, gdb on port 1234 (QEMU)
  --iso-out FILE        write a bootable ISO instead (CD, USB stick or disk) and stop
  --tree-out FOLDER     write the files that a boot loader needs, with a menu for GRUB 2, into this
                        new folder and stop (docs/boot.md)
  --dry-run             print what would be done

BUILD=FOLDER in the environment: what `make BUILD=FOLDER` made is run.

The serial line is the terminal: Ctrl-A opens ringone's monitor; every other key, Ctrl-C too,
goes to the focused guest.

Exit status: 0 every guest powered off; 1 a guest was killed, crashed or
could not be started, or an option could not be followed; 2 usage; 3 the
hypervisor failed; 124 time-out.
END
}
