// SPDX-License-Identifier: GPL-2.0-or-later
// What a visitor can start. A guest is what a module's command line says (docs/config.md): name, kernel, memory, the
// other keys, its own command line; `initrd` and `disks` are files beside it. Kernels and disks are names of files of
// the page, or of ones that the visitor brought.

const shell = (name, append, more = {}) => ({name, kernel: "shell", mem: "16M", append, ...more});
const disk = {file: "demo.tar", readOnly: true};
const heart = (rounds) => ({name: "heart", kernel: "heartbeat", mem: "4M", append: `rounds=${rounds} every=50`});
const mandel = (name, seed) =>
  ({name, kernel: "mandel", mem: "8M", keys: ["display=640x480"], append: `seed=${seed} slow=1`});

export const scenes = [
  {
    id: "demo",
    title: "Six guests",
    text: "Two kernels with programs in ring 3, one of them with a disk, ping each other; two play ping-pong over a " +
      "network of their own; one computes; one says hello. They type for themselves, and end.",
    guests: [
      {name: "hello", kernel: "hello", mem: "2M"},
      shell("alpha", 'ip=10.0.0.1 run="lspci; ls; cat welcome; start hello; start primes 20000; ps; wait; ' +
        'ping 10.0.0.2 3; peek 0xffc00000; poweroff"', {disks: [disk], keys: ["net=lan"]}),
      shell("beta", 'ip=10.0.0.2 run="start calls 20000; start spin 20; sleep 1500; wait; uptime; poweroff"',
        {keys: ["net=lan"]}),
      {name: "ping", kernel: "pingpong", mem: "8M", keys: ["net=table"], append: "role=a"},
      {name: "pong", kernel: "pingpong", mem: "8M", keys: ["net=table"], append: "role=b"},
      heart(1000),
    ],
  },
  {
    id: "shell",
    title: "Two shells",
    text: "Two small kernels that wait for what you type, on one network, and a neighbour that computes. Begin with " +
      "help; the lessons use these guests.",
    guests: [
      shell("alpha", "ip=10.0.0.1", {disks: [disk], keys: ["net=lan"]}),
      shell("beta", "ip=10.0.0.2", {keys: ["net=lan"]}),
      heart(1000000),
    ],
  },
  {
    id: "mandel",
    title: "Two Mandelbrots",
    text: "Two guests draw on one screen. The one that is shown draws straight into the video memory, the other one " +
      "into memory of its own; at a switch neither notices.",
    guests: [mandel("left", 1), mandel("right", 3)],
  },
  {
    id: "crash",
    title: "A crash",
    text: "One guest's kernel writes to address 0 and gives up; another one executes an int that it has no gate for, " +
      "and is killed. What happened is explained below; the third guest computes on.",
    guests: [
      shell("alpha", 'run="uptime; crash"'),
      {name: "bad", kernel: "hostile", mem: "8M", append: "attack=N-28"},
      heart(1000000),
    ],
  },
];

// A guest of the visitor's own file.
export function ownGuest({name, kernel, initrd, append, mem}) {
  return {name, kernel, initrd, append, mem: mem || "32M", keys: []};
}

// The words of a guest's module line, without its disks.
function kernelLine(guest) {
  const disks = (guest.disks || []).map((d, i) => `disk=${guest.name}.${i + 1}${d.readOnly ? ",ro" : ""}`);
  const words = [`guest=${guest.name}`, `mem=${guest.mem}`, ...disks, ...(guest.keys || [])];
  return words.join(" ") + (guest.append ? ` -- ${guest.append}` : "");
}

// The modules that the boot loader hands over: [{bytes, line}]. file(name) is a promise of the bytes.
export async function modulesOf(guests, file) {
  const modules = [];
  for (const guest of guests) {
    modules.push({bytes: await file(guest.kernel), line: kernelLine(guest)});
    if (guest.initrd)
      modules.push({bytes: await file(guest.initrd), line: `initrd=${guest.name}`});
    for (const [i, d] of (guest.disks || []).entries())
      modules.push({bytes: await file(d.file), line: `disk=${guest.name}.${i + 1}`});
  }
  return modules;
}

// The files of the page that some scene needs.
export function sceneFiles() {
  const names = scenes.flatMap((s) => s.guests).flatMap((g) => [g.kernel, ...(g.disks || []).map((d) => d.file)]);
  return [...new Set(names)].sort();
}
