// SPDX-License-Identifier: GPL-2.0-or-later
// The page as the live view of QEMU: tools/run --web, the serial line and the screen through the relay. Prints "ok NAME"
// or "not ok NAME: WHY" for each test. Arguments as page.mjs.

import {spawn} from "node:child_process";
import net from "node:net";
import path from "node:path";
import {comparePicture, openBrowser, openPage, shows, type} from "./browser.mjs";

const build = path.resolve(process.argv[2] || "build");
const pixels = process.argv[3];
const shots = process.argv[4] || build; // where screenshots go
const stub = (name) => path.join(build, "guest-stubs", name);

const options = [
  "--guest", "alpha", "--kernel", stub("shell"), "--mem", "16M",
  "--guest", "left", "--kernel", stub("mandel"), "--mem", "8M", "--set", "display=640x480", "--append", "seed=1 frames=2",
  "--guest", "right", "--kernel", stub("mandel"), "--mem", "8M", "--set", "display=640x480", "--append", "seed=3 frames=2",
];

const freePort = () => new Promise((done) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const {port} = server.address();
    server.close(() => done(port));
  });
});

// tools/run with a port that nobody took meanwhile: {child, url, ended: a promise of the exit status}
async function startRun() {
  for (;;) {
    const child = spawn("tools/run", ["--web", String(await freePort()), ...options],
      {stdio: ["ignore", "inherit", "pipe"]});
    const ended = new Promise((done) => child.on("exit", done));
    let said = "";
    const url = await new Promise((done) => {
      child.stderr.on("data", (d) => {
        said += d;
        const m = said.match(/open (http:\S+);/);
        if (m)
          done(m[1]);
      });
      ended.then(() => done(null));
    });
    if (url)
      return {child, url, ended};
    if (!/Address already in use/.test(said))
      throw new Error(`tools/run: ${said}`);
  }
}

const tests = {
  async consoles({page}) {
    await shows(page, "alpha", /shell: kernel at/);
    await type(page, "alpha", "echo typed here");
    await shows(page, "alpha", /^typed here/m);
    await type(page, "ringone", "list");
    await shows(page, "ringone", /right +running/);
    await page.locator("#exits td").first().waitFor();
  },

  async screen({page}) {
    await page.locator("#displays button", {hasText: "left"}).click();
    await shows(page, "left", /mandel: seed 1 holds/);
    await page.locator("#picture canvas").waitFor();
    await comparePicture(page, {pixels, file: path.join(shots, "live-left.ppm"), seed: 1, frame: 2});
    await page.locator("#displays button", {hasText: "right"}).click();
    await page.locator('#displays button[aria-pressed="true"]', {hasText: "right"}).waitFor();
    await shows(page, "right", /mandel: seed 3 holds/);
    await comparePicture(page, {pixels, file: path.join(shots, "live-right.ppm"), seed: 3, frame: 2});
    await page.screenshot({path: path.join(shots, "live.png"), fullPage: true});
  },

  // Who comes again finds the guests' names; what was printed before is gone.
  async reload({page}) {
    await page.reload();
    await page.waitForFunction(() => globalThis.ringone.run?.startedMs, null, {polling: 100});
    await type(page, "alpha", "echo again");
    await shows(page, "alpha", /^again/m);
  },

  async end({page, run}) {
    await type(page, "alpha", "poweroff");
    await shows(page, "ringone", /\[alpha\] powered off/);
    await type(page, "left", "q");
    await type(page, "right", "q");
    const status = await run.ended;
    if (status !== 0)
      throw new Error(`exit status ${status}`);
    await page.waitForFunction(() => /machine is off/.test(document.querySelector("#status").textContent), null,
      {polling: 100});
  },
};

const run = await startRun();
const browser = await openBrowser();
const page = await openPage(browser.context, run.url);
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const begun = Date.now();
  try {
    await test({page, run});
    if (page.faults.length)
      throw new Error(page.faults.splice(0).join("; "));
    console.log(`# ${name}: ${Date.now() - begun} ms\nok web-live/${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok web-live/${name}: ${e.message.split("\n")[0]}`);
    await page.screenshot({path: path.join(shots, `failed-live-${name}.png`), fullPage: true}).catch(() => {});
  }
}
await browser.stop();
run.child.kill();
process.exit(failed ? 1 : 0);
