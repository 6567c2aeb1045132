// SPDX-License-Identifier: GPL-2.0-or-later
// ringone in v86 without a browser: what a change of the hypervisor could break shows here first. Prints a line
// "ok NAME" or "not ok NAME: WHY" for each test; argument: the build folder.

import fs from "node:fs";
import path from "node:path";
import {V86} from "../../web/node_modules/v86/build/libv86.mjs";
import {modulesOf, scenes} from "../../web/src/guests/scenes.js";
import {SELF} from "../../web/src/line/frames.js";
import {Session} from "../../web/src/line/session.js";
import {BrowserMachine, HYPERVISOR_OPTIONS} from "../../web/src/machine/v86.js";

// Node.js 18 has no such class, which every browser has.
globalThis.CustomEvent ??= class extends Event {
  constructor(type, {detail}) {
    super(type);
    this.detail = detail;
  }
};

const build = path.resolve(process.argv[2] || "build");
const HANG_MS = 240000; // only tells a hang from a slow machine
const wasm = new URL("../../web/node_modules/v86/build/v86.wasm", import.meta.url).pathname;

const read = (name) => new Uint8Array(fs.readFileSync(path.join(build, name)));
const file = async (name) => read(name.includes(".") ? name : `guest-stubs/${name}`);

// Boots guests; what each of them prints is in said[name], what ringone prints in said.ringone.
async function boot(guests, options = "") {
  const modules = await modulesOf(guests, file);
  const said = {ringone: ""};
  const waiting = [];
  const add = (name, bytes) => {
    said[name] = (said[name] || "") + Buffer.from(bytes).toString("latin1");
    waiting.forEach((check) => check());
  };
  const session = new Session((bytes) => machine.send(bytes));
  session.addEventListener("monitor", (e) => add("ringone", e.detail));
  session.addEventListener("guest", (e) => add(e.detail.name, e.detail.bytes));
  const machine = new BrowserMachine({
    files: {V86, wasm, hypervisor: read("ringone")},
    cmdline: `${HYPERVISOR_OPTIONS} ${options}`, guests, modules,
    onBytes: (bytes) => session.receive(bytes),
  });
  // Until `name` has printed something that matches.
  const wait = (name, regex) => new Promise((done, fail) => {
    const hang = setTimeout(() =>
      fail(new Error(`${name} never printed ${regex}; all: ${JSON.stringify(said)}`)), HANG_MS);
    const check = () => {
      if (!regex.test(said[name] || ""))
        return;
      clearTimeout(hang);
      waiting.splice(waiting.indexOf(check), 1);
      done();
    };
    waiting.push(check);
    check();
  });
  return {machine, session, said, wait};
}

const scene = (id) => scenes.find((s) => s.id === id).guests;

const tests = {
  async demonstration() {
    const m = await boot(scene("demo"));
    await m.wait("hello", /^Hello from ring 1/m);
    await m.wait("alpha", /^64 bytes from 10\.0\.0\.2: seq=3/m);
    await m.wait("alpha", /^ffc00000: page fault, error 0/m);
    await m.wait("ping", /100 messages each way, .* all verified/);
    await m.wait("heart", /heartbeat: checksum c5bc2513 ok/);
    for (const name of ["hello", "alpha", "beta", "ping", "pong", "heart"])
      await m.wait("ringone", new RegExp(`\\[${name}\\] powered off`));
    return m;
  },

  // A key reaches the guest it is for; the monitor answers people and programs at once.
  async channels() {
    const m = await boot(scene("shell"));
    await m.wait("alpha", /\$ $/);
    await m.wait("beta", /\$ $/);
    m.session.type(m.session.channelOf("alpha"), "echo one\r");
    m.session.type(m.session.channelOf("beta"), "echo two\r");
    await m.wait("alpha", /^one/m);
    await m.wait("beta", /^two/m);
    if (/two/.test(m.said.alpha) || /one/.test(m.said.beta))
      throw new Error("keys reached another guest");
    m.session.type(SELF, "list\r");
    await m.wait("ringone", /alpha +running/);
    const lines = await m.session.ask("stats alpha");
    if (!lines.some((l) => /^\[alpha\] stats exits\.hypercall=\d+/.test(l)))
      throw new Error(`stats said ${lines}`);
    return m;
  },

  async crash() {
    const m = await boot(scene("crash"));
    await m.wait("ringone", /\[alpha\] crashed: /);
    await m.wait("ringone", /\[bad\] killed: unhandled trap 13/);
    await m.wait("heart", /tick 5/);
    return m;
  },

  // The shared screen: each draws and finds the pixels that it drew, seen or not.
  async screen() {
    const m = await boot(scene("mandel"));
    await m.wait("left", /mandel: seed 1 frame 2/);
    await m.session.ask("screen right");
    await m.wait("right", /mandel: seed 3 frame 2/);
    return m;
  },

  async "two-level"() {
    const m = await boot(scene("shell"), "no=pae");
    await m.wait("alpha", /\$ $/);
    await m.wait("ringone", /2-level/);
    return m;
  },

  async "no-large-pages"() {
    const m = await boot(scene("shell"), "no=pae,pse");
    await m.wait("alpha", /\$ $/);
    return m;
  },

  // A kernel that uses the hypervisor as Linux does, from a boot image. (Not its job "fault": v86 lets a far jump to
  // an empty descriptor pass, where a CPU faults.)
  async bzImage() {
    const m = await boot([{name: "penguin", kernel: "guest-stubs/penguin.bzImage", mem: "32M", append: "run=boot,storm,mmap,cow,fpu"}]);
    await m.wait("ringone", /\[penguin\] (powered off|killed|crashed)/);
    if (!/\[penguin\] powered off/.test(m.said.ringone))
      throw new Error(m.said.ringone + m.said.penguin);
    return m;
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const begun = Date.now();
  try {
    const m = await test();
    console.log(`# ${name}: ${Date.now() - begun} ms\n${m.said.ringone}`);
    await m.machine.stop();
    console.log(`ok web-node/${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok web-node/${name}: ${e.message}`);
  }
}
process.exit(failed ? 1 : 0);
