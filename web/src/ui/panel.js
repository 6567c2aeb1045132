// SPDX-License-Identifier: GPL-2.0-or-later
// The live panel: who runs, exits by reason, the last events. Twice a second, from the monitor's own answers.

import {exitReasons} from "../monitor.js";

const node = (tag, text, title) => {
  const e = document.createElement(tag);
  e.textContent = text;
  if (title)
    e.title = title;
  return e;
};

export class Panel {
  constructor({shares, exits, trace}) {
    this.places = {shares, exits, trace};
    this.reset();
  }

  reset() {
    this.before = new Map(); // the statistics of the last look
    for (const place of Object.values(this.places))
      place.replaceChildren();
  }

  show(run) {
    this.showShares(run);
    this.showExits(run);
    this.places.trace.replaceChildren(...run.trace.map((l) => node("li", l)));
    this.before = new Map(run.stats);
  }

  // Of the time since the last look, how much each had.
  share(run, name) {
    const now = run.stats.get(name), then = this.before.get(name);
    if (!now || !then || run.stateOf(name) !== "running" || now.at === then.at)
      return 0;
    const part = (now["time.run_us"] - then["time.run_us"]) / ((now.at - then.at) * 1000);
    return Math.min(1, Math.max(0, part));
  }

  showShares(run) {
    this.places.shares.replaceChildren(...run.list.flatMap(({name, state}) => {
      const meter = document.createElement("meter");
      const part = this.share(run, name);
      meter.value = part;
      meter.textContent = meter.title = `${Math.round(part * 100)} %`;
      return [node("span", name), meter, node("span", state === "running" ? meter.title : state)];
    }));
  }

  showExits(run) {
    const names = run.list.map((g) => g.name);
    const head = document.createElement("tr");
    head.append(...["", ...names].map((n) => node("th", n)));
    const rows = Object.entries({...exitReasons, total: "all of these"}).map(([reason, meaning]) => {
      const row = document.createElement("tr");
      row.append(node("th", reason, meaning), ...names.map((name) => {
        const value = run.stats.get(name)?.[`exits.${reason}`];
        const cell = node("td", value ?? "");
        const grew = value > (this.before.get(name)?.[`exits.${reason}`] ?? value);
        cell.className = grew ? "grew" : "";
        return cell;
      }));
      return row;
    });
    this.places.exits.replaceChildren(head, ...rows);
  }
}
