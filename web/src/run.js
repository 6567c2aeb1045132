// SPDX-License-Identifier: GPL-2.0-or-later
// One machine from its start to its end: what its guests printed, and what the monitor tells about them. The panel,
// the lessons and the tests look here.

import {SELF} from "./line/frames.js";
import {Session} from "./line/session.js";
import {parseEnd, parseList, parseScreen, parseStats} from "./monitor.js";

const POLL_MS = 500;
const TEXT_MAX = 65536; // of each guest's output is kept
const TRACE = 14;
export const MONITOR = "ringone";

export class Run extends EventTarget {
  constructor(scene) {
    super();
    this.scene = scene;
    this.machine = null;
    this.session = new Session((bytes) => this.machine?.send(bytes));
    this.text = new Map([[MONITOR, ""]]);
    this.list = [];
    this.stats = new Map(); // the last known ones: they are gone when a guest has ended
    this.displays = [];
    this.trace = [];
    this.over = false;
    this.decoders = new Map();
    this.session.addEventListener("monitor", (e) => this.printed(MONITOR, SELF, e.detail));
    this.session.addEventListener("guest", (e) =>
      this.printed(e.detail.name || e.detail.channel, e.detail.channel, e.detail.bytes));
    this.session.addEventListener("name", (e) => this.tell("name", e.detail));
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, {detail}));
  }

  attach(machine) {
    this.machine = machine;
    this.loop();
  }

  receive(bytes) {
    if (!this.over)
      this.session.receive(bytes);
  }

  printed(name, channel, bytes) {
    if (!this.decoders.has(name))
      this.decoders.set(name, new TextDecoder());
    const piece = this.decoders.get(name).decode(bytes, {stream: true});
    const before = this.text.get(name) || "";
    this.text.set(name, (before + piece).slice(-TEXT_MAX));
    this.tell("print", {name, channel, bytes});
    if (name === MONITOR)
      this.look(before.slice(before.lastIndexOf("\n") + 1) + piece);
  }

  // Ends of guests among whole lines of the log.
  look(text) {
    for (const line of text.split("\n").slice(0, -1)) {
      const end = parseEnd(line);
      if (end)
        this.tell("end", end);
      if (/ringone: panic/.test(line))
        this.tell("panic");
    }
  }

  async loop() {
    await this.session.hello();
    while (!this.over) {
      if (!globalThis.document?.hidden)
        await this.poll();
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }

  async poll() {
    const list = parseList(await this.session.askUntilAnswered("list"));
    const stats = parseStats(await this.session.askUntilAnswered("stats"));
    const displays = parseScreen(await this.session.askUntilAnswered("screen"));
    const trace = await this.session.askUntilAnswered(`trace ${TRACE}`);
    if (this.over)
      return;
    this.list = list;
    for (const [name, values] of stats)
      if ("exits.total" in values || !this.stats.has(name))
        this.stats.set(name, {...values, at: performance.now()});
    this.displays = displays;
    this.trace = trace;
    this.tell("poll");
  }

  stateOf(name) {
    return this.list.find((g) => g.name === name)?.state;
  }

  type(name, text) {
    const channel = name === MONITOR ? SELF : this.session.channelOf(name);
    if (channel)
      this.session.type(channel, text);
  }

  async stop() {
    this.over = true;
    this.session.close();
    await this.machine?.stop();
  }
}
