// SPDX-License-Identifier: GPL-2.0-or-later
// Why a guest ended, in words: its last line on ringone's console, explained.

const vectors = {0: "division error", 6: "invalid opcode", 8: "double fault", 11: "segment not present",
  12: "stack fault", 13: "general protection fault", 14: "page fault"};

const named = (vector) => `trap ${vector}${vectors[vector] ? ` (${vectors[vector]})` : ""}`;

// Bits of a page fault's error code (SDM vol. 3, 4.7).
function pageFault(error) {
  return `it tried to ${error & 2 ? "write" : "read"} there, and ` +
    (error & 1 ? "the page does not allow that" : "no page is mapped");
}

function trapDetails(vector, error, cr2) {
  if (vector === 14)
    return `The address it touched is in CR2: ${cr2}. The error code ${error.toString(16)} says that ${pageFault(error)}.`;
  if (vector === 13 && error & 2)
    return `The error code 0x${error.toString(16)} points into the interrupt table: entry 0x${(error >> 3).toString(16)}. ` +
      `The instruction was an "int 0x${(error >> 3).toString(16)}", for which this guest has set up no gate.`;
  return "";
}

const rules = [
  [/^trap (\d+) error (\S+) at (\S+) .*cr2 (\S+)/, ([, vector, error, eip, cr2]) =>
    `The guest's kernel got ${named(vector)} at the address ${eip} of its own code. ` +
    `${trapDetails(Number(vector), parseInt(error, 16), cr2)} The fault went to the guest's own handler: it is the ` +
    "guest's business. That handler gave up and asked for the end with the hypercall SHUTDOWN and this message."],
  [/^unhandled trap (\d+) at eip=(\S+) error=(\S+) cr2=(\S+)/, ([, vector, eip, error, cr2]) =>
    `The guest caused ${named(vector)} at ${eip}. ${trapDetails(Number(vector), Number(error), cr2)} The hypervisor ` +
    "wanted to hand the fault on to the guest's own handler, but the guest has none. It cannot go on, so it was ended; " +
    "a real machine would have restarted by a triple fault."],
  [/^by the monitor/, () => "Somebody typed kill at the monitor."],
  [/^switcher pages/, () => "The guest asked for a mapping in the 4 MiB at the top, which are the hypervisor's."],
  [/^bad page (table|directory) entry/, () => "The guest asked for a page that is not in its memory."],
  [/^bad stack/, () => "The guest named a kernel stack that cannot be one: an interrupt could not be delivered on it."],
  [/^bad hypercall/, () => "The guest asked the hypervisor for something that does not exist."],
  [/^unsupported MMIO instruction/, () =>
    "The guest touched a device's registers with an instruction that no driver needs, and that is not emulated."],
  [/^(kernel|initrd): /, () => "The file cannot be loaded as it is."],
];

// explain({how, why}): one paragraph.
export function explain({how, why}) {
  for (const [pattern, text] of rules) {
    const m = why.match(pattern);
    if (m)
      return text(m);
  }
  return how === "crashed"
    ? "The guest's kernel gave up by itself: it asked for its end with the hypercall SHUTDOWN and this message."
    : how === "killed"
      ? "The hypervisor ended the guest: what it asked for is not allowed to any guest. The others are not concerned."
      : "The guest was not started.";
}
