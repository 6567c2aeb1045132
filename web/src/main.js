// SPDX-License-Identifier: GPL-2.0-or-later
// The page: what is chosen starts in a machine, and every part of the page looks at that machine's Run.

import {modulesOf, ownGuest, scenes} from "./guests/scenes.js";
import {MONITOR, Run} from "./run.js";
import {BrowserMachine, HYPERVISOR_OPTIONS} from "./machine/v86.js";
import {RemoteMachine} from "./machine/remote.js";
import {Ends} from "./ui/ends.js";
import {paneKeys} from "./ui/keys.js";
import {Lessons} from "./ui/lessons.js";
import {Own, kindOf} from "./ui/own.js";
import {Panel} from "./ui/panel.js";
import {Screen} from "./ui/screen.js";
import {Terminals} from "./ui/terminals.js";

const at = (id) => document.getElementById(id);
const FILES = new URL("../files/", import.meta.url);
const WASM = new URL("../vendor/v86/v86.wasm", import.meta.url).href;

let run = null;
const cache = new Map();

async function file(name) {
  if (!cache.has(name)) {
    const answer = await fetch(new URL(name, FILES));
    if (!answer.ok)
      throw new Error(`${name}: ${answer.status}`);
    cache.set(name, new Uint8Array(await answer.arrayBuffer()));
  }
  return cache.get(name);
}

const status = (text) => { at("status").textContent = text; };

const terminals = new Terminals(at("terminals"), {
  onKeys: (name, text) => run?.type(name, text),
  actions: [
    {label: "kill", title: "End this guest", run: (name) => run?.session.ask(`kill ${name}`)},
    {label: "restart", title: "Start this guest again", run: (name) => run?.session.ask(`restart ${name}`)},
  ],
});
const panel = new Panel({shares: at("shares"), exits: at("exits"), trace: at("trace")});
const screen = new Screen({section: at("screen"), buttons: at("displays"), picture: at("picture")},
  (name) => run?.session.ask(`screen ${name}`));
const ends = new Ends({section: at("ends"), list: at("explanations")});
const lessons = new Lessons({buttons: at("lesson-list"), place: at("lesson")}, (id) => start(scenes.find((s) => s.id === id)));

function chosen(scene) {
  for (const button of at("scenes").children)
    button.setAttribute("aria-pressed", String(button.dataset.scene === scene.id));
  at("about").textContent = scene.text;
}

function watch(next) {
  next.addEventListener("name", (e) => {
    if (!terminals.all.has(e.detail.name))
      terminals.add(e.detail.name, true);
  });
  next.addEventListener("print", (e) => terminals.write(e.detail.name, e.detail.bytes));
  next.addEventListener("end", (e) => ends.add(e.detail, next));
  next.addEventListener("panic", () => status("The hypervisor itself failed. That must not happen: see its console."));
  next.addEventListener("poll", () => {
    panel.show(next);
    screen.show(next.displays);
    for (const guest of next.list)
      terminals.setState(guest.name, guest.why || guest.state);
    const alive = next.list.filter((g) => g.state !== "ended").length;
    status(alive ? `${alive} of ${next.list.length} guests run.` : "All guests have ended; restart one, or choose again.");
    speed.show(next.machine);
  });
}

const speed = {
  show(machine) {
    const now = performance.now(), count = machine.instructions();
    if (count === null)
      return;
    if (this.machine === machine)
      at("speed").textContent = `Honestly: this is an emulator in one tab, at ${Math.round((count - this.count >>> 0) /
        (now - this.when) / 1000)} million instructions a second now. Of a real PC's speed that is a hundredth to a ` +
        "tenth; waiting guests use none.";
    Object.assign(this, {machine, count, when: now});
  },
};

// Empties the page for another machine.
function fresh(scene) {
  status("Starting…");
  run = new Run(scene);
  chosen(scene);
  terminals.clear();
  panel.reset();
  ends.reset();
  terminals.add(MONITOR, false);
  return run;
}

// Starts another machine in place of the one there is: a promise of its Run, kept when the first answers have come.
async function start(scene, bring = file) {
  const begun = performance.now();
  await run?.stop();
  const next = fresh(scene);
  const {V86} = await import("../vendor/v86/libv86.mjs");
  const modules = await modulesOf(scene.guests, bring);
  const hypervisor = await file("ringone");
  if (run !== next)
    return next; // something else was chosen meanwhile
  watch(next);
  lessons.attach(next);
  next.attach(new BrowserMachine({
    files: {V86, wasm: WASM, hypervisor}, cmdline: HYPERVISOR_OPTIONS, guests: scene.guests, modules,
    screen: screen.prepare(), onBytes: (bytes) => next.receive(bytes),
  }));
  screen.keyboard = (on) => next.machine.setKeyboard(on);
  await new Promise((done) => next.addEventListener("poll", done, {once: true}));
  next.startedMs = performance.now() - begun;
  return next;
}

// The view of a machine that tools/run --web has started.
function connect(token) {
  for (const id of ["scenes", "lessons", "own"])
    at(id).hidden = true;
  at("where").textContent = "QEMU runs it on this computer; the page looks on.";
  const next = fresh({id: "remote", text: "", guests: []});
  watch(next);
  const machine = new RemoteMachine({token, onBytes: (bytes) => next.receive(bytes), onEnd: () => {
    next.over = true;
    status("The machine is off.");
  }});
  const place = screen.prepare();
  next.addEventListener("poll", function show() {
    if (!next.displays.length)
      return;
    next.removeEventListener("poll", show);
    machine.showScreen(place).catch(failed);
  });
  next.addEventListener("poll", () => { next.startedMs = performance.now(); }, {once: true});
  next.attach(machine);
}

async function startOwn({kernel, initrd, name, mem, append, display}) {
  const guest = ownGuest({name, kernel: "kernel", initrd: initrd && "initrd", mem,
    append: kindOf(kernel.bytes) === "elf" && append === "console=hvc0" ? "" : append});
  if (display)
    guest.keys.push(`display=${display}`);
  const brought = {kernel: kernel.bytes, initrd: initrd?.bytes};
  await start({id: "own", title: "Your own", guests: [guest],
    text: `${kernel.name}${initrd ? ` with ${initrd.name}` : ""} as the guest ${name}.`}, async (n) => brought[n]);
  terminals.focus(name);
}

function failed(error) {
  status(`This did not work: ${error.message}`);
  throw error;
}

at("scenes").append(...scenes.map((scene) => {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.scene = scene.id;
  button.textContent = scene.title;
  button.addEventListener("click", () => start(scene).catch(failed));
  return button;
}));
new Own({form: at("own-form"), error: at("own-error"), drop: at("drop")}, startOwn);
paneKeys();
at("where").textContent = "It runs in this tab and nowhere else.";

// For the browser's console, and for the tests.
globalThis.ringone = {terminals, get run() { return run; }};

const token = location.hash.match(/^#machine=(\w+)$/)?.[1];
if (token)
  connect(token);
else
  start(scenes.find((s) => `#${s.id}` === location.hash) || scenes[0]).catch(failed);
