// SPDX-License-Identifier: GPL-2.0-or-later
// The page in headless Chromium, used as a visitor uses it. Prints "ok NAME" or "not ok NAME: WHY" for each test.
// Arguments: the build folder, the program that knows the Mandelbrot's pixels (tests/system/pixels.c), a folder for
// screenshots, and names of tests (all without any).

import fs from "node:fs";
import path from "node:path";
import {sceneFiles} from "../../web/src/guests/scenes.js";
import {comparePicture, openBrowser, openPage, says, serve, shows, type} from "./browser.mjs";

const build = path.resolve(process.argv[2] || "build");
const pixels = process.argv[3];
const shots = process.argv[4] || build; // where screenshots go
const stubs = path.join(build, "guest-stubs");
const PAGE_MAX = 6 << 20; // bytes

async function choose(page, id) {
  await page.locator(`#scenes button[data-scene="${id}"]`).click();
  await page.waitForFunction((scene) => {
    const run = globalThis.ringone.run;
    return run?.scene.id === scene && run.startedMs;
  }, id, {polling: 100});
}

// Drops files on the page, as from a file manager.
async function drop(page, files) {
  const data = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const {name, base64} of list)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, files.map(({name, bytes}) => ({name, base64: bytes.toString("base64")})));
  await page.dispatchEvent("main", "drop", {dataTransfer: data});
}

// A lesson's steps, done: [who, what is typed], or a number to fill in.
const lessonSteps = {
  "A system call costs nothing": [["alpha", "start calls 20000"], 0],
  "A page fault becomes a shadow entry":
    [["ringone", "maps alpha"], ["alpha", "peek 0xc0800000"], ["alpha", "peek 0xc0800000"], ["ringone", "maps alpha"]],
  "Kill one guest and watch the other":
    [["ringone", "kill beta"], null, ["alpha", "ping 10.0.0.2 2"], ["ringone", "restart beta"]],
  "Look at the virtio queue": [["ringone", "pci alpha"], ["alpha", "cat welcome"], ["alpha", "ping 10.0.0.2 3"]],
  "Break the isolation, and fail":
    [["alpha", "peek 0xffc00000"], ["alpha", "peek 0xffc01000"], ["alpha", "crash"], ["beta", "uptime"]],
};

const tests = {
  async size() {
    const sizes = fs.readdirSync(path.join(build, "web"), {recursive: true, withFileTypes: true})
      .filter((e) => e.isFile()).map((e) => fs.statSync(path.join(e.parentPath || e.path, e.name)).size);
    const all = sizes.reduce((a, b) => a + b, 0);
    console.log(`# the page has ${all} bytes`);
    if (all > PAGE_MAX)
      throw new Error(`the page has ${all} bytes`);
    for (const name of sceneFiles())
      fs.accessSync(path.join(build, "web/files", name));
  },

  async load(page) {
    await shows(page, "hello", /Hello from ring 1/);
    await page.waitForFunction(() => globalThis.ringone.run.startedMs, null, {polling: 100});
    console.log(`# guests run after ${Math.round(await page.evaluate(() => globalThis.ringone.run.startedMs))} ms`);
    await shows(page, "alpha", /64 bytes from 10\.0\.0\.2: seq=3/);
    await shows(page, "alpha", /ffc00000: page fault, error 0/);
    await shows(page, "heart", /checksum c5bc2513 ok/);
    await shows(page, "ringone", /\[beta\] powered off/);
    await says(page, "#status", /All guests have ended/);
    await page.screenshot({path: path.join(shots, "demo.png"), fullPage: true});
  },

  async keys(page) {
    await choose(page, "shell");
    await shows(page, "alpha", /\$ /);
    await type(page, "alpha", "echo typed here");
    await shows(page, "alpha", /^typed here/m);
    await type(page, "ringone", "list");
    await shows(page, "ringone", /beta +running/);
    const other = await page.evaluate(() => globalThis.ringone.terminals.text("beta"));
    if (/typed/.test(other))
      throw new Error("the keys reached beta");
    await says(page, "#exits", /hypercall/);
    await says(page, "#shares", /heart/);
    await says(page, "#trace", /\[heart\]/);
  },

  async lessons(page) {
    for (const [title, steps] of Object.entries(lessonSteps)) {
      await page.locator("#lesson-list button", {hasText: title}).click();
      await page.locator('#lesson-list button[aria-pressed="true"]', {hasText: title}).waitFor();
      for (const [i, step] of steps.entries()) {
        await page.locator("#lesson li").nth(i).waitFor();
        if (typeof step === "number")
          await page.locator("#lesson input").fill(String(step));
        else if (step)
          await type(page, ...step);
        await page.locator("#lesson li.done").nth(i).waitFor();
      }
      await page.locator("#lesson .end").waitFor();
      console.log(`# ${title}: ${(await page.locator("#lesson .found").allTextContents()).join(" | ")}`);
    }
    await page.screenshot({path: path.join(shots, "lesson.png"), fullPage: true});
  },

  async crash(page) {
    await choose(page, "crash");
    await says(page, "#explanations", /alpha crashed[^]*page fault[^]*CR2: 0x00000000[^]*write there, and no page is mapped/);
    await says(page, "#explanations", /bad killed[^]*general protection fault[^]*"int 0x80"/);
    await shows(page, "heart", /tick 3/);
    await page.screenshot({path: path.join(shots, "crash.png"), fullPage: true});
  },

  async mandelbrot(page) {
    await choose(page, "mandel");
    await shows(page, "left", /mandel: seed 1 frame 2/);
    await comparePicture(page, {pixels, file: path.join(shots, "left.ppm"), seed: 1});
    await page.locator("#displays button", {hasText: "right"}).click();
    await page.locator('#displays button[aria-pressed="true"]', {hasText: "right"}).waitFor();
    await shows(page, "right", /mandel: seed 3 frame 2/);
    await comparePicture(page, {pixels, file: path.join(shots, "right.ppm"), seed: 3});
    await page.screenshot({path: path.join(shots, "mandel.png"), fullPage: true});
  },

  async "dropped-elf"(page) {
    await drop(page, [{name: "My kernel!.elf", bytes: fs.readFileSync(path.join(stubs, "hello"))}]);
    await shows(page, "Mykernel", /Hello from ring 1/);
    await shows(page, "ringone", /\[Mykernel\] powered off/);
  },

  async "dropped-nonsense"(page) {
    await drop(page, [{name: "letter.txt", bytes: Buffer.from("Dear hypervisor".repeat(100))}]);
    await says(page, "#own-error", /letter\.txt: neither an ELF executable nor a Linux bzImage/);
  },

  // By the form: a kernel as Linux is one, with an initrd that it reads.
  async bzImage(page) {
    await page.locator("#own-kernel").setInputFiles(path.join(stubs, "penguin.bzImage"));
    await page.locator("#own-initrd").setInputFiles(path.join(build, "demo.tar"));
    await page.locator("#own-append").fill("run=boot,cow,initrd");
    await page.locator("#own-form button").click();
    await shows(page, "penguin", /penguin: boot ok/);
    await shows(page, "penguin", /passed, 0 failed/);
  },

  // Without a mouse: F6 goes round, Enter presses; and both colour schemes, and a tablet's width.
  async keyboard(page) {
    await page.locator("#scenes button").first().focus();
    await page.keyboard.press("F6");
    if (!await page.evaluate(() => document.activeElement.closest(".console")))
      throw new Error("F6 did not reach a console");
    await page.keyboard.press("Shift+F6");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => globalThis.ringone.run?.scene.id === "shell", null, {polling: 100});
  },

  async looks(page) {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({colorScheme: "light"});
    const light = await background();
    await page.emulateMedia({colorScheme: "dark"});
    if (light === await background())
      throw new Error("dark and light look the same");
    for (const width of [1280, 800]) {
      await page.setViewportSize({width, height: 1000});
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
        throw new Error(`at ${width} pixels the page is too wide`);
    }
    await page.screenshot({path: path.join(shots, "dark.png"), fullPage: true});
  },
};

const server = await serve(path.join(build, "web"));
const browser = await openBrowser();
const page = await openPage(browser.context, server.url);
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (process.argv.length > 5 && !process.argv.slice(5).includes(name))
    continue;
  const begun = Date.now();
  try {
    await test(page);
    if (page.faults.length)
      throw new Error(page.faults.splice(0).join("; "));
    console.log(`# ${name}: ${Date.now() - begun} ms\nok web/${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok web/${name}: ${e.message.split("\n")[0]}`);
    await page.screenshot({path: path.join(shots, `failed-${name}.png`), fullPage: true}).catch(() => {});
  }
}
await browser.stop();
server.stop();
process.exit(failed ? 1 : 0);
