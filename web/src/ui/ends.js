// SPDX-License-Identifier: GPL-2.0-or-later
// Guests that crashed or were killed: what happened, with what the CPU did last for them.

import {explain} from "../explain.js";

const EVENTS = 6;

export class Ends {
  constructor({section, list}) {
    this.section = section;
    this.list = list;
  }

  reset() {
    this.section.hidden = true;
    this.list.replaceChildren();
  }

  async add(end, run) {
    const box = document.createElement("article");
    box.className = "explanation";
    const title = document.createElement("h3");
    title.textContent = `${end.name} ${end.how}`;
    const said = document.createElement("pre");
    said.textContent = end.why;
    const text = document.createElement("p");
    text.textContent = explain(end);
    box.append(title, said, text);
    this.list.append(box);
    this.section.hidden = false;
    const trace = (await run.session.askUntilAnswered("trace 256")).filter((l) => l.includes(`[${end.name}]`)).slice(-EVENTS);
    const events = document.createElement("pre");
    events.textContent = trace.join("\n");
    const label = document.createElement("p");
    label.className = "hint";
    label.textContent = "The last events of it:";
    if (trace.length)
      box.append(label, events);
  }
}
