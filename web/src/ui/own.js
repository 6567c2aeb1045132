// SPDX-License-Identifier: GPL-2.0-or-later
// The visitor's own kernel: dropped on the page, or chosen in the form. Nothing leaves the tab.

const NAME_MAX = 15; // GUEST_NAME_MAX of the configuration, without the final zero
const ELF = 0x7f454c46;
const HDRS = 0x48647253; // "HdrS" at 0x202: Linux's boot protocol from 2.00 on

export function kindOf(bytes) {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 52 && v.getUint32(0) === ELF)
    return "elf";
  if (bytes.length > 0x206 && v.getUint32(0x202) === HDRS)
    return "bzImage";
  return null;
}

// A guest's name out of a file's.
export function guestName(file) {
  const name = file.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_.-]/g, "").slice(0, NAME_MAX);
  return /^(none|all|ringone|)$/.test(name) ? "mine" : name;
}

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

// Of dropped files, which one is the kernel; the other one, if any, is the initrd.
async function sort(files) {
  const read = await Promise.all(files.map(async (f) => ({name: f.name, bytes: await bytesOf(f)})));
  const kernel = read.find((f) => kindOf(f.bytes));
  if (!kernel)
    throw new Error(`${read.map((f) => f.name).join(", ")}: neither an ELF executable nor a Linux bzImage`);
  return {kernel, initrd: read.find((f) => f !== kernel)};
}

export class Own {
  // start({kernel, initrd, name, mem, append, display}) with {name, bytes} as files.
  constructor({form, error, drop}, start) {
    this.form = form;
    this.error = error;
    this.start = start;
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.take([...form.querySelector("#own-kernel").files, ...form.querySelector("#own-initrd").files]);
    });
    this.acceptDrops(drop);
  }

  acceptDrops(sign) {
    let depth = 0; // enter and leave come for every element below
    const show = (by) => {
      depth = Math.max(0, depth + by);
      sign.hidden = !depth;
    };
    addEventListener("dragenter", () => show(1));
    addEventListener("dragleave", () => show(-1));
    addEventListener("dragover", (e) => e.preventDefault());
    addEventListener("drop", (e) => {
      e.preventDefault();
      show(-depth);
      this.take([...e.dataTransfer.files]);
    });
  }

  async take(files) {
    const field = (id) => this.form.querySelector(id).value.trim();
    this.error.textContent = "";
    try {
      if (!files.length)
        throw new Error("Choose a kernel first, or drop one on the page.");
      const {kernel, initrd} = await sort(files);
      await this.start({kernel, initrd, name: guestName(kernel.name), mem: field("#own-mem"),
        append: field("#own-append"), display: field("#own-display")});
    } catch (e) {
      this.error.textContent = e.message;
      this.error.scrollIntoView({block: "nearest"});
    }
  }
}
