// SPDX-License-Identifier: GPL-2.0-or-later
// A machine in this tab: v86, without any BIOS, that enters the image at once.

import {bootImage} from "./image.js";

const MIB = 0x100000;
// For the hypervisor itself, and for v86's habit of taking sizes in powers of two badly when they are small.
const OWN_MEMORY = 32 * MIB;
const VIDEO_MEMORY = 8 * MIB;

// The machine outlives its guests, so that one can still look and restart. v86's TSC counts nanoseconds of the
// browser's clock; measuring that would go wrong whenever the tab has to wait.
export const HYPERVISOR_OPTIONS = "frames at-end=stay tsc-khz=1000000";

// The bytes that a size of the configuration stands for.
export function sizeBytes(size) {
  const [, n, unit] = size.match(/^(\d+)([KMG]?)$/i);
  return Number(n) * {"": 1, k: 1024, m: MIB, g: 1024 * MIB}[unit.toLowerCase()];
}

// The machine's memory for these guests and files.
export function machineMemory(guests, modules) {
  const asked = guests.reduce((n, g) => n + sizeBytes(g.mem), 0);
  const files = modules.reduce((n, m) => n + m.bytes.length, 0);
  return Math.ceil((OWN_MEMORY + asked + files) / MIB) * MIB;
}

// Between two ticks of the browser's clock v86 makes TSC values up, by the smallest step that it has seen. At first
// that is the age of the page: the TSC would jump ahead by so much once, and the guests' clocks would stand still until
// it had caught up. After readings at different ticks the step is right.
function settleTsc(wasm) {
  for (let i = 0; i < 3; i++) {
    for (const now = performance.now(); performance.now() === now;)
      ;
    wasm.read_tsc();
  }
}

export class BrowserMachine {
  // files: {V86, wasm (its address), hypervisor (bytes)}; guests and modules as of scenes.js; screen: an element, or
  // nothing; onBytes(Uint8Array).
  constructor({files, cmdline, guests, modules, screen, onBytes}) {
    const memory = machineMemory(guests, modules);
    this.emulator = new files.V86({
      wasm_path: files.wasm,
      memory_size: memory,
      vga_memory_size: VIDEO_MEMORY,
      multiboot: {buffer: bootImage({hypervisor: files.hypervisor, cmdline, modules, memory})},
      screen_container: screen,
      disable_speaker: true,
      disable_keyboard: !screen,
      disable_mouse: true,
      autostart: false,
    });
    this.emulator.add_listener("emulator-ready", () => {
      this.setKeyboard(false);
      settleTsc(this.emulator.v86.cpu.wm.exports);
      this.emulator.run();
    });
    this.waiting = [];
    this.onBytes = onBytes;
    // v86 tells every byte; they are passed on by the piece.
    this.emulator.add_listener("serial0-output-byte", (b) => {
      if (!this.waiting.length)
        setTimeout(() => this.onBytes(Uint8Array.from(this.waiting.splice(0))), 0);
      this.waiting.push(b);
    });
  }

  send(bytes) {
    this.emulator.serial_send_bytes(0, bytes);
  }

  // How many it has executed, modulo 2^32.
  instructions() {
    return this.emulator.get_instruction_counter() >>> 0;
  }

  // v86 listens to the whole page, and lets no key through: keys typed elsewhere are not the machine's.
  setKeyboard(on) {
    this.emulator.keyboard_set_enabled(on);
  }

  async stop() {
    this.onBytes = () => {};
    await this.emulator.destroy();
  }
}
