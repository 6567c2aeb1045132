// SPDX-License-Identifier: GPL-2.0-or-later
// F6 and Shift+F6 go round the parts of the page, as in other programs with panes: a terminal needs every other key.

const parts = ".console textarea, #scenes button, #displays button:first-child, #picture, #lesson-list button:first-child, " +
  "#own-kernel";

export function paneKeys() {
  addEventListener("keydown", (e) => {
    if (e.key !== "F6" || e.ctrlKey || e.altKey)
      return;
    e.preventDefault();
    const scenes = document.querySelector("#scenes");
    const all = [...document.querySelectorAll(parts)].filter((p) => p.offsetParent !== null &&
      (p.parentElement !== scenes || p === scenes.firstElementChild));
    const at = all.findIndex((p) => p === document.activeElement);
    const next = at < 0 ? 0 : (at + (e.shiftKey ? all.length - 1 : 1)) % all.length;
    all[next].focus();
  }, true);
}
