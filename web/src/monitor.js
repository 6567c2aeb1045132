// SPDX-License-Identifier: GPL-2.0-or-later
// The monitor's lines taken apart; docs/monitor.md says what they are.

// `list`: [{name, state, exits, why}]
export function parseList(lines) {
  return lines.map((l) => l.match(/^[* ] (\S+) +(\S+) +mem=\d+K exits=(\d+) time=\d+% ?(.*)$/)).filter(Boolean)
    .map(([, name, state, exits, why]) => ({name, state, exits: Number(exits), why}));
}

// `stats`: a Map of guest to {"exits.total": 17, ...}
export function parseStats(lines) {
  const guests = new Map();
  for (const line of lines) {
    const m = line.match(/^\[(\S+)\] stats (.*)$/);
    if (!m)
      continue;
    const values = guests.get(m[1]) || {};
    for (const [, key, value] of m[2].matchAll(/(\S+)=(\d+)/g))
      values[key] = Number(value);
    guests.set(m[1], values);
  }
  return guests;
}

// `screen`: [{name, width, height, shown}]
export function parseScreen(lines) {
  return lines.map((l) => l.match(/^([* ]) (\S+) +(\d+)x(\d+) at /)).filter(Boolean)
    .map(([, mark, name, width, height]) =>
      ({name, width: Number(width), height: Number(height), shown: mark === "*"}));
}

// A line of the log about a guest's end that was not its own wish: {name, how, why}
export function parseEnd(line) {
  const m = line.match(/\[([A-Za-z0-9_.-]+)\] (crashed|killed|not started): (.*?)\s*$/);
  return m && {name: m[1], how: m[2], why: m[3]};
}

// The reasons of exits in the order of the statistics, with what they mean.
export const exitReasons = {
  hypercall: "the guest asked the hypervisor for something",
  page_fault: "a page was not in the shadow tables, or the guest may not touch it",
  window: "an access to a virtio device's registers",
  port: "in or out: the guest's PCI bus and clock",
  privileged: "an instruction of ring 0, done for it: hlt, cli, mov to CR0",
  reflect: "an exception or interrupt that was handed on to the guest's own handler",
  syscall: "a system call: these go straight to the guest's kernel, so none comes here",
  fpu: "the first use of the FPU since another guest had it",
  host_irq: "a real interrupt came while it ran",
  nmi: "a non-maskable interrupt",
  other: "anything else",
};
