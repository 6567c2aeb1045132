// SPDX-License-Identifier: GPL-2.0-or-later
// The serial line's channels taken apart and put together: the other side of hv's console frames. docs/web.md says
// what is on the line.

const ESCAPE = 0x10;

export const SELF = "@"; // the hypervisor's log and its monitor
export const PROGRAM = "!"; // commands of a program, and their answers

// Takes bytes as they come, and calls deliver(channel, Uint8Array) for each piece.
export class Splitter {
  constructor(deliver) {
    this.deliver = deliver;
    this.channel = SELF; // whatever comes before the first frame is a boot loader's or the hypervisor's
    this.escaped = false;
  }

  push(bytes) {
    const piece = [];
    const flush = () => {
      if (piece.length)
        this.deliver(this.channel, Uint8Array.from(piece.splice(0)));
    };
    for (const b of bytes) {
      if (b === ESCAPE && !this.escaped) {
        this.escaped = true;
        continue;
      }
      if (this.escaped && b !== ESCAPE) {
        flush();
        this.channel = String.fromCharCode(b);
      } else {
        piece.push(b);
      }
      this.escaped = false;
    }
    flush();
  }
}

// What is sent to say `bytes` on a channel. Every piece names its channel, since a byte may have been lost.
export function frame(channel, bytes) {
  const out = [ESCAPE, channel.charCodeAt(0)];
  for (const b of bytes) {
    out.push(b);
    if (b === ESCAPE)
      out.push(b);
  }
  return Uint8Array.from(out);
}
