// SPDX-License-Identifier: GPL-2.0-or-later
// Terminals side by side: ringone's own first, then one for each guest in the order of their channels.

import {FitAddon} from "../../vendor/xterm/addon-fit.mjs";
import {Terminal} from "../../vendor/xterm/xterm.mjs";

const themes = {
  dark: {background: "#1f2225", foreground: "#e4e6e3", cursor: "#7db8f2", selectionBackground: "#44505a"},
  light: {background: "#ffffff", foreground: "#1d1f21", cursor: "#0b5cad", selectionBackground: "#bcd6f0"},
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => themes[dark.matches ? "dark" : "light"];

function element(tag, attributes = {}, text = "") {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    e.setAttribute(name, value);
  e.textContent = text;
  return e;
}

export class Terminals {
  // onKeys(name, text); actions: [{label, title, run(name)}] for the guests' buttons.
  constructor(place, {onKeys, actions}) {
    this.place = place;
    this.onKeys = onKeys;
    this.actions = actions;
    this.all = new Map(); // name to {term, fit, box, state}
    this.sizes = new ResizeObserver(() => this.fitAll());
    this.sizes.observe(place);
    dark.addEventListener("change", () => this.all.forEach(({term}) => { term.options.theme = theme(); }));
  }

  clear() {
    for (const {term} of this.all.values())
      term.dispose();
    this.all.clear();
    this.place.replaceChildren();
  }

  add(name, isGuest) {
    const box = element("section", {class: "console", "aria-label": `Console of ${name}`, "data-name": name});
    const head = element("header");
    const state = element("span", {class: "state"});
    const title = element("h2", {}, `${name} `);
    title.append(state);
    head.append(title);
    for (const action of isGuest ? this.actions : []) {
      const button = element("button", {type: "button", title: action.title, "aria-label": `${action.title}: ${name}`},
        action.label);
      button.addEventListener("click", () => action.run(name));
      head.append(button);
    }
    const lines = element("div", {class: "lines"});
    box.append(head, lines);
    this.place.append(box);
    const term = new Terminal({convertEol: true, scrollback: 2000, fontSize: 13, theme: theme(), screenReaderMode: false,
      fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", cursorBlink: false});
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.open(lines);
    term.textarea.setAttribute("aria-label", `Type to ${name}`);
    // F6 is how one leaves: Tab and the rest are the guest's.
    term.attachCustomKeyEventHandler((e) => e.key !== "F6");
    term.onData((text) => this.onKeys(name, text));
    this.all.set(name, {term, fit, box, state});
    this.place.classList.toggle("few", this.all.size <= 4);
    this.fitAll();
  }

  fitAll() {
    for (const {fit} of this.all.values())
      fit.fit();
  }

  write(name, bytes) {
    this.all.get(name)?.term.write(bytes);
  }

  setState(name, text) {
    const state = this.all.get(name)?.state;
    if (state && state.textContent !== text)
      state.textContent = text;
  }

  focus(name) {
    this.all.get(name)?.term.focus();
  }

  // What stands in the terminal, its history included: for tests.
  text(name) {
    const buffer = this.all.get(name)?.term.buffer.active;
    const lines = [];
    for (let i = 0; buffer && i < buffer.length; i++)
      lines.push(buffer.getLine(i).translateToString(true));
    return lines.join("\n");
  }
}
