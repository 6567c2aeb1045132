// SPDX-License-Identifier: GPL-2.0-or-later
// One multiboot image out of the hypervisor and its modules. v86 loads an ELF file but gives it no modules (at most
// one, without a command line), so what a boot loader would prepare lies in the file already: every module on pages
// of its own, the multiboot information that names them, and an entry of three instructions that hands it over.
// Nothing of it depends on a browser: the tests run it under node.

const PAGE = 4096;
const MAGIC_HEADER = 0x1badb002;
const MAGIC_LOADED = 0x2badb002;
const HEADER_FLAGS = 3; // modules on page boundaries, memory information
const INFO_FLAGS = 0x1 | 0x4 | 0x8 | 0x40 | 0x200; // memory, command line, modules, map, loader's name
const LOW_END = 0xa0000;
const MIB = 0x100000;
const EHDR = 52, PHDR = 32;
const PT_LOAD = 1;

const up = (n, to) => Math.ceil(n / to) * to;

// What is to be loaded of an ELF executable for the i386: [{address, bytes, size}], and where it begins.
function readElf(bytes) {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < EHDR || v.getUint32(0) !== 0x7f454c46 || v.getUint8(4) !== 1 || v.getUint16(18, true) !== 3)
    throw new Error("not an ELF executable for the i386");
  const segments = [];
  const at = v.getUint32(28, true), count = v.getUint16(44, true);
  for (let i = 0; i < count; i++) {
    const p = at + i * PHDR;
    if (v.getUint32(p, true) !== PT_LOAD)
      continue;
    const offset = v.getUint32(p + 4, true), filled = v.getUint32(p + 16, true);
    segments.push({address: v.getUint32(p + 12, true), size: v.getUint32(p + 20, true),
      bytes: bytes.subarray(offset, offset + filled)});
  }
  return {entry: v.getUint32(24, true), segments};
}

// Strings and tables behind each other from `base` on.
class Table {
  constructor(base, size) {
    this.base = base;
    this.used = 0;
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  // Takes `size` bytes, and gives their address.
  take(size) {
    const at = up(this.used, 4);
    if (at + size > this.bytes.length)
      throw new Error("the command lines are too long together");
    this.used = at + size;
    return this.base + at;
  }

  set(address, value) {
    this.view.setUint32(address - this.base, value, true);
  }

  text(string) {
    const encoded = new TextEncoder().encode(string);
    const at = this.take(encoded.length + 1);
    this.bytes.set(encoded, at - this.base);
    return at;
  }
}

// The multiboot information (Multiboot specification 0.6.96, 3.3) of a PC with `memory` bytes.
function information(table, memory, cmdline, modules) {
  const info = table.take(116);
  const list = table.take(16 * modules.length);
  const map = table.take(48);
  modules.forEach((m, i) => {
    table.set(list + 16 * i, m.address);
    table.set(list + 16 * i + 4, m.address + m.bytes.length);
    table.set(list + 16 * i + 8, table.text(m.line));
  });
  [[0, LOW_END], [MIB, memory - MIB]].forEach(([start, length], i) => {
    table.set(map + 24 * i, 20); // the size of what follows
    table.set(map + 24 * i + 4, start);
    table.set(map + 24 * i + 12, length);
    table.set(map + 24 * i + 20, 1); // RAM
  });
  const fields = [[0, INFO_FLAGS], [4, LOW_END >> 10], [8, (memory - MIB) >> 10], [16, table.text(cmdline)],
    [20, modules.length], [24, list], [44, 48], [48, map], [64, table.text("ringone's page")]];
  for (const [offset, value] of fields)
    table.set(info + offset, value);
  return info;
}

// mov $0x2badb002, %eax; mov $info, %ebx; jmp entry
function enter(table, info, entry) {
  const at = table.take(15), v = table.view, o = at - table.base;
  v.setUint8(o, 0xb8);
  v.setUint32(o + 1, MAGIC_LOADED, true);
  v.setUint8(o + 5, 0xbb);
  v.setUint32(o + 6, info, true);
  v.setUint8(o + 10, 0xe9);
  v.setUint32(o + 11, entry - (at + 15), true);
  return at;
}

// The file: ELF header, program headers, a multiboot header, and the segments' bytes.
function writeElf(entry, segments) {
  const head = EHDR + PHDR * segments.length;
  const size = segments.reduce((n, s) => n + up(s.bytes.length, PAGE), up(head + 12, PAGE));
  const file = new Uint8Array(size), v = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  v.setUint16(16, 2, true); // executable
  v.setUint16(18, 3, true); // i386
  v.setUint32(20, 1, true);
  v.setUint32(24, entry, true);
  v.setUint32(28, EHDR, true);
  [EHDR, PHDR, segments.length, 40].forEach((n, i) => v.setUint16(40 + 2 * i, n, true));
  let offset = up(head + 12, PAGE);
  segments.forEach((s, i) => {
    const fields = [PT_LOAD, offset, s.address, s.address, s.bytes.length, s.size, 7, PAGE];
    fields.forEach((n, k) => v.setUint32(EHDR + PHDR * i + 4 * k, n, true));
    file.set(s.bytes, offset);
    offset += up(s.bytes.length, PAGE);
  });
  [MAGIC_HEADER, HEADER_FLAGS, -(MAGIC_HEADER + HEADER_FLAGS)].forEach((n, i) =>
    v.setUint32(head + 4 * i, n >>> 0, true));
  return file;
}

// bootImage({hypervisor, cmdline, modules: [{bytes, line}], memory}): the file for v86's `multiboot`, as an
// ArrayBuffer. `memory` is the machine's, in bytes. Modules lie behind the hypervisor in their order.
export function bootImage({hypervisor, cmdline, modules, memory}) {
  const {entry, segments} = readElf(hypervisor);
  let end = Math.max(...segments.map((s) => s.address + s.size));
  const text = modules.reduce((n, m) => n + 3 * m.line.length + 32, 3 * cmdline.length + 512);
  const table = new Table(up(end, PAGE), up(text, PAGE));
  end = table.base + table.bytes.length;
  const placed = modules.map((m) => {
    const address = end;
    end = up(end + m.bytes.length, PAGE);
    return {...m, address};
  });
  if (end > memory)
    throw new Error(`the modules do not fit into the machine's ${memory / MIB} MiB`);
  const info = information(table, memory, cmdline, placed);
  const start = enter(table, info, entry);
  return writeElf(start, [
    ...segments,
    {address: table.base, size: table.bytes.length, bytes: table.bytes},
    ...placed.filter((m) => m.bytes.length).map((m) => ({address: m.address, size: m.bytes.length, bytes: m.bytes})),
  ]).buffer;
}
