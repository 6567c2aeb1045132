// SPDX-License-Identifier: GPL-2.0-or-later
// A conversation with ringone over its framed line, whatever carries it: names of guests, their output, questions to
// the monitor with their answers.

import {PROGRAM, SELF, Splitter, frame} from "./frames.js";

const AGAIN_MS = 500;
const encoder = new TextEncoder();

export class Session extends EventTarget {
  // send(Uint8Array): puts bytes on the line.
  constructor(send) {
    super();
    this.send = send;
    this.names = new Map(); // channel to guest
    this.questions = []; // those not answered yet, the oldest first
    this.answer = [];
    this.again = new Set(); // timers of questions that are asked again
    this.pending = "";
    this.decoder = new TextDecoder();
    this.splitter = new Splitter((channel, bytes) => this.deliver(channel, bytes));
  }

  // Bytes that came from the line.
  receive(bytes) {
    this.splitter.push(bytes);
  }

  deliver(channel, bytes) {
    if (channel === PROGRAM)
      this.programLines(this.decoder.decode(bytes, {stream: true}));
    else if (channel === SELF)
      this.dispatchEvent(new CustomEvent("monitor", {detail: bytes}));
    else
      this.dispatchEvent(new CustomEvent("guest", {detail: {channel, name: this.names.get(channel), bytes}}));
  }

  programLines(text) {
    const lines = (this.pending + text).split("\n");
    this.pending = lines.pop();
    for (const line of lines)
      this.programLine(line.replace("\r", ""));
  }

  programLine(line) {
    const name = line.match(/^channel (.) (\S+)$/);
    if (name) {
      this.names.set(name[1], name[2]);
      this.dispatchEvent(new CustomEvent("name", {detail: {channel: name[1], name: name[2]}}));
    } else if (line.startsWith("end ")) {
      // One that nobody waits for was asked before this session, or had lost a byte.
      const at = this.questions.findIndex((q) => q.command === line.slice(4));
      if (at >= 0)
        this.questions.splice(at, 1)[0].done(this.answer);
      this.answer = [];
    } else {
      this.answer.push(line);
    }
  }

  // ask("stats alpha"): a promise of the monitor's lines. It is kept only while the machine runs.
  ask(command) {
    return new Promise((done) => {
      this.questions.push({command, done});
      this.put(command);
    });
  }

  put(command) {
    this.send(frame(PROGRAM, encoder.encode(`${command}\n`)));
  }

  // The same, asked again until there is an answer: a machine that is busy, or has not set up its serial line yet, may
  // lose bytes. For questions that change nothing.
  async askUntilAnswered(command) {
    const answered = this.ask(command);
    const again = setInterval(() => this.put(command), AGAIN_MS);
    this.again.add(again);
    const answer = await answered;
    this.again.delete(again);
    clearInterval(again);
    return answer;
  }

  // The channels' names.
  hello() {
    return this.askUntilAnswered("channels");
  }

  // Nothing more is sent: the machine is going.
  close() {
    this.again.forEach(clearInterval);
    this.send = () => {};
  }

  channelOf(name) {
    return [...this.names].find(([, n]) => n === name)?.[0];
  }

  // Keys for a guest, or for the monitor (SELF).
  type(channel, text) {
    this.send(frame(channel, encoder.encode(text)));
  }
}
