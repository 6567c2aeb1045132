// SPDX-License-Identifier: GPL-2.0-or-later
// A machine in QEMU on this computer, started by tools/run --web: its serial line and its screen come over two
// WebSockets from the server that this page is from. The token in the page's address opens them, to nobody else.

const address = (token, what) => `ws://${location.host}/?token=${token}-${what}`;

export class RemoteMachine {
  // onBytes(Uint8Array); onEnd(): the line was closed, for QEMU has ended.
  constructor({token, onBytes, onEnd}) {
    this.token = token;
    this.line = new WebSocket(address(token, "line"), "binary");
    this.line.binaryType = "arraybuffer";
    this.unsent = [];
    this.line.addEventListener("open", () => this.unsent.splice(0).forEach((bytes) => this.line.send(bytes)));
    this.line.addEventListener("message", (e) => onBytes(new Uint8Array(e.data)));
    this.line.addEventListener("close", onEnd);
  }

  send(bytes) {
    if (this.line.readyState === WebSocket.CONNECTING)
      this.unsent.push(bytes);
    else if (this.line.readyState === WebSocket.OPEN)
      this.line.send(bytes);
  }

  // Shows the screen in an element. noVNC takes the keys itself, while the picture has the focus.
  async showScreen(place) {
    const {default: RFB} = await import("../../vendor/novnc/core/rfb.js");
    place.replaceChildren();
    this.screen = new RFB(place, address(this.token, "screen"), {wsProtocols: ["binary"]});
    this.screen.background = "black";
  }

  setKeyboard() {}

  instructions() {
    return null;
  }

  async stop() {
    this.line.close();
    this.screen?.disconnect();
  }
}
