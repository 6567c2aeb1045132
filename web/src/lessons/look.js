// SPDX-License-Identifier: GPL-2.0-or-later
// What a lesson's step may look at: everything since the step began.

export class Look {
  constructor(run, memory) {
    this.run = run;
    this.memory = memory; // of the whole lesson
    this.answer = "";
    this.texts = new Map();
    this.seen = new Map(); // pieces of text, and the poll after which each was there
    this.polls = 0;
    this.stats = new Map([...run.stats].map(([name, values]) => [name, {...values}]));
    this.onPrint = (e) => {
      const {name, bytes} = e.detail;
      this.texts.set(name, (this.texts.get(name) || "") + String.fromCharCode(...bytes));
    };
    this.onPoll = () => this.polls++;
    run.addEventListener("print", this.onPrint);
    run.addEventListener("poll", this.onPoll);
  }

  end() {
    this.run.removeEventListener("print", this.onPrint);
    this.run.removeEventListener("poll", this.onPoll);
  }

  // What a guest, or "ringone", has printed.
  said(name) {
    return this.texts.get(name) || "";
  }

  stat(name, key) {
    return this.run.stats.get(name)?.[key] ?? 0;
  }

  base(name, key) {
    return this.stats.get(name)?.[key] ?? 0;
  }

  // alpha has printed this text, and all counts were asked for after that. A poll may have been under way when the
  // text came, so it is the second one from then on.
  polledSince(text) {
    if (!this.said("alpha").includes(text))
      return false;
    if (!this.seen.has(text))
      this.seen.set(text, this.polls);
    return this.polls >= this.seen.get(text) + 2;
  }
}
