// SPDX-License-Identifier: GPL-2.0-or-later
// Lessons beside the machine: one at a time, one step after the other, ticked when the machine shows that it was done.

import {lessons} from "../lessons/lessons.js";
import {Look} from "../lessons/look.js";

const LESSON_SCENE = "shell";
const GUESTS = ["alpha", "beta", "heart"];

export class Lessons {
  // begin(scene): starts the machine with it, a promise of a Run.
  constructor({buttons, place}, begin) {
    this.place = place;
    this.begin = begin;
    this.buttons = lessons.map((lesson) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = lesson.title;
      button.addEventListener("click", () => this.open(lesson));
      return button;
    });
    buttons.replaceChildren(...this.buttons);
  }

  // A new machine: what was being done on the old one is over.
  attach(run) {
    this.close();
    this.run = run;
    for (const event of ["poll", "print"])
      run.addEventListener(event, () => this.check());
  }

  close() {
    this.look?.end();
    this.look = this.lesson = null;
    this.place.replaceChildren();
    this.buttons.forEach((b) => b.setAttribute("aria-pressed", "false"));
  }

  ready() {
    return this.run?.scene.id === LESSON_SCENE && GUESTS.every((g) => this.run.stateOf(g) === "running");
  }

  async open(lesson) {
    if (!this.ready())
      await this.begin(LESSON_SCENE);
    this.close();
    this.lesson = lesson;
    this.memory = {};
    this.buttons[lessons.indexOf(lesson)].setAttribute("aria-pressed", "true");
    const intro = document.createElement("p");
    intro.textContent = lesson.intro;
    this.list = document.createElement("ol");
    this.place.append(intro, this.list);
    this.step(0);
  }

  step(index) {
    this.look?.end();
    this.look = null;
    this.index = index;
    const step = this.lesson.steps[index];
    if (!step) {
      const end = document.createElement("p");
      end.className = "end";
      end.textContent = "Done.";
      this.place.append(end);
      return;
    }
    this.look = new Look(this.run, this.memory);
    const item = document.createElement("li");
    item.innerHTML = step.text; // ours, from lessons.js
    if (step.input)
      item.append(" ", this.field(step.input));
    this.list.append(item);
  }

  field(type) {
    const field = document.createElement("input");
    field.type = type;
    field.setAttribute("aria-label", "Answer");
    field.addEventListener("input", () => {
      this.look.answer = field.value;
      this.check();
    });
    return field;
  }

  check() {
    if (!this.look)
      return;
    const found = this.lesson.steps[this.index].check(this.look);
    if (!found)
      return;
    const item = this.list.lastElementChild;
    item.className = "done";
    const text = document.createElement("span");
    text.className = "found";
    text.textContent = found;
    item.append(text);
    this.step(this.index + 1);
  }
}
