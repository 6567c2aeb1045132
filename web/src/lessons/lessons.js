// SPDX-License-Identifier: GPL-2.0-or-later
// Five guided experiments with the scene "shell". A step is what to do, and check(look): false until it was done, then
// what came out of it. `look` is a Look (look.js). Texts are HTML of ours; nothing of a guest's goes into them.

const type = (guest, text) => `In <b>${guest}</b> type <code>${text}</code>`;

const grown = (look, key) => look.stat("alpha", key) - look.base("alpha", key);

export const lessons = [
  {
    id: "syscall",
    title: "A system call costs nothing",
    intro: "A hypervisor without help of the CPU is said to be slow at system calls. Here they go through a gate " +
      "straight from ring 3 to the guest's kernel in ring 1.",
    steps: [
      {
        text: `${type("alpha", "start calls 20000")}: a program in ring 3 that makes 20 000 system calls.`,
        check(look) {
          const m = look.said("alpha").match(/calls: microseconds for all: (\d+)/);
          const total = grown(look, "exits.total");
          // The counts must be younger than the program's last line.
          return m && look.polledSince(m[0]) && `It took ${m[1]} µs. Everything that alpha did meanwhile cost ${total} ` +
            "exits: clock ticks and console output, not the 20 000 calls.";
        },
      },
      {
        text: "Which number stands in alpha's column, in the row <b>syscall</b> of the table?",
        input: "number",
        check: (look) => look.answer !== "" && Number(look.answer) === look.stat("alpha", "exits.syscall") &&
          "So it is: not one of them went through the hypervisor.",
      },
    ],
  },
  {
    id: "shadow",
    title: "A page fault becomes a shadow entry",
    intro: "The CPU never uses the guest's page tables. It uses shadow tables that the hypervisor fills when a page is " +
      "touched for the first time.",
    steps: [
      {
        text: `${type("ringone", "maps alpha")}: alpha's memory, and what is in the shadow tables now.`,
        check(look) {
          const m = look.said("ringone").match(/shadow runs=\d+ pages=(\d+)/);
          look.memory.pages = m && Number(m[1]);
          return m && `${m[1]} pages are mapped.`;
        },
      },
      {
        text: `${type("alpha", "peek 0xc0800000")}: RAM that it has not touched yet.`,
        check: (look) => /c0800000: [0-9a-f]{8}/.test(look.said("alpha")) && grown(look, "shadow.fills") > 0 &&
          `A page fault came to the hypervisor, it read alpha's own tables, and filled the shadow: ` +
          `${grown(look, "exits.page_fault")} fault, ${grown(look, "shadow.prefills")} neighbours filled at once. alpha ` +
          "noticed nothing.",
      },
      {
        text: "The same command once more: does it fault again?",
        check: (look) => look.polledSince("c080000c: ") && grown(look, "shadow.fills") === 0 &&
          "No fill this time: the CPU found the entry by itself.",
      },
      {
        text: `${type("ringone", "maps alpha")} again, and look for <code>va=c0800000</code>.`,
        check(look) {
          const m = look.said("ringone").match(/shadow va=c0800000 pages=(\d+)[^]*shadow runs=\d+ pages=(\d+)/);
          return m && Number(m[2]) > look.memory.pages && `${m[2]} pages now; ${m[1]} of them by that one fault.`;
        },
      },
    ],
  },
  {
    id: "kill",
    title: "Kill one guest and watch the other",
    intro: "Each guest has memory, page tables and devices of its own. What happens to one is nothing to the others.",
    steps: [
      {
        text: `${type("ringone", "kill beta")}, or press its button.`,
        check: (look) => /\[beta\] killed: by the monitor/.test(look.said("ringone")) && "beta is gone, in the middle of it.",
      },
      {
        text: "Watch <b>heart</b>, which computes and counts clock ticks.",
        check(look) {
          const ticks = [...look.said("heart").matchAll(/tick (\d+)/g)].map((m) => Number(m[1]));
          return ticks.length >= 3 && `It went on: tick ${ticks[0]} to ${ticks.at(-1)}.`;
        },
      },
      {
        text: `${type("alpha", "ping 10.0.0.2 2")}: its network card works, but nobody answers.`,
        check: (look) => /ping: (nobody is|2 sent, 0 answered)/.test(look.said("alpha")) && "alpha waits in vain, and goes on.",
      },
      {
        text: `${type("ringone", "restart beta")}: its image is still in memory.`,
        check: (look) => /shell: kernel at/.test(look.said("beta")) && "beta is back, with cleared memory.",
      },
    ],
  },
  {
    id: "virtio",
    title: "Look at the virtio queue",
    intro: "Disk, network and console are virtio devices on a PCI bus that each guest has for itself. Data lies in rings " +
      "in the guest's own memory; a register is written only to say that there is something.",
    steps: [
      {
        text: `${type("ringone", "pci alpha")}: its bus, and where each device's registers lie.`,
        check(look) {
          const m = look.said("ringone").match(/virtio-block irq \d+ bar (0x[0-9a-f]+)/);
          return m && `The disk's registers are at ${m[1]} of alpha's address space. No RAM is there: each access comes to ` +
            "the hypervisor, as an exit of the kind window.";
        },
      },
      {
        text: `${type("alpha", "cat welcome")}: a file on its disk.`,
        check: (look) => look.polledSince("you see next to it in ring 3") && grown(look, "exits.window") > 0 &&
          `${grown(look, "exits.window")} accesses to registers, of disk and console together, whatever the length of the ` +
          "file's blocks: the data went through the ring.",
      },
      {
        text: `${type("alpha", "ping 10.0.0.2 3")}: three packets out, three in.`,
        check: (look) => look.polledSince("ping: 3 sent, 3 answered") && grown(look, "exits.window") > 0 &&
          `${grown(look, "exits.window")} accesses. The packets were copied from one guest's ring to the other's.`,
      },
    ],
  },
  {
    id: "break",
    title: "Break the isolation, and fail",
    intro: "The 4 MiB at the top of every address space are the hypervisor's. alpha's kernel runs in ring 1, where the " +
      "CPU's page protection takes it for a supervisor: only what is not mapped is safe.",
    steps: [
      {
        text: `${type("alpha", "peek 0xffc00000")}: look into the hypervisor.`,
        check: (look) => /ffc00000: page fault/.test(look.said("alpha")) &&
          "Nothing of it is mapped there while alpha runs. alpha got the page fault itself.",
      },
      {
        text: `${type("alpha", "peek 0xffc01000")}: one page that must be mapped, the code that switches worlds.`,
        check: (look) => /ffc01000: [0-9a-f]{8}/.test(look.said("alpha")) &&
          "It can be read, and it is in the sources anyway; it cannot be written.",
      },
      {
        text: `${type("alpha", "crash")}: its kernel writes to address 0.`,
        check: (look) => /\[alpha\] crashed: /.test(look.said("ringone")) &&
          "alpha has ended, and only alpha. What happened is explained below the consoles.",
      },
      {
        text: `${type("beta", "uptime")}: the neighbour.`,
        check: (look) => /up \d+\.\d+ s/.test(look.said("beta")) && "It has not noticed.",
      },
    ],
  },
];
