// SPDX-License-Identifier: GPL-2.0-or-later
// The shared screen and the buttons that choose whose display it shows.

export class Screen {
  // onShow(name): a button was pressed.
  constructor({section, buttons, picture}, onShow) {
    this.places = {section, buttons, picture};
    this.onShow = onShow;
    this.keyboard = () => {};
    picture.addEventListener("focus", () => this.keyboard(true));
    picture.addEventListener("blur", () => this.keyboard(false));
    // A picture has nothing to click, so a click means: type here.
    picture.addEventListener("pointerdown", () => picture.focus());
  }

  // An empty place for the next machine's picture: v86 wants these two elements in it.
  prepare() {
    this.places.section.hidden = true;
    this.places.buttons.replaceChildren();
    this.places.picture.replaceChildren(document.createElement("div"), document.createElement("canvas"));
    return this.places.picture;
  }

  show(displays) {
    this.places.section.hidden = !displays.length;
    const names = displays.map((d) => d.name).join();
    if (this.names !== names || this.places.buttons.childElementCount !== displays.length)
      this.places.buttons.replaceChildren(...displays.map((d) => this.button(d.name)));
    this.names = names;
    displays.forEach((d, i) => this.places.buttons.children[i].setAttribute("aria-pressed", String(d.shown)));
  }

  button(name) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => this.onShow(name));
    return button;
  }
}
