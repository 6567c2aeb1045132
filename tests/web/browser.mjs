// SPDX-License-Identifier: GPL-2.0-or-later
// What the browser's tests stand on: a file server, Chromium without a window, and waiting for what the page shows.

import {spawn, spawnSync} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {PNG} from "../../web/node_modules/pngjs/lib/png.js";
import {chromium} from "../../web/node_modules/playwright-core/index.mjs";

export const HANG_MS = Number(process.env.HANG_MS || 240000); // only tells a hang from a slow machine

// Serves a folder on the loopback address, at any free port.
export async function serve(folder) {
  const child = spawn("python3", ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"],
    {stdio: ["ignore", "pipe", "ignore"]});
  const port = await new Promise((done, fail) => {
    let said = "";
    child.stdout.on("data", (d) => {
      said += d;
      const m = said.match(/port (\d+)/);
      if (m)
        done(m[1]);
    });
    child.on("exit", (code) => fail(new Error(`the file server ended: ${code}`)));
  });
  return {url: `http://127.0.0.1:${port}/`, stop: () => child.kill()};
}

export async function openBrowser() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "ringone-web."));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    viewport: {width: 1500, height: 1400},
    timeout: HANG_MS,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  return {context, async stop() {
    await context.close();
    fs.rmSync(profile, {recursive: true, force: true});
  }};
}

// A page of ours. What goes wrong in it, and requests to elsewhere, are in page.faults.
export async function openPage(context, url) {
  const page = await context.newPage();
  page.setDefaultTimeout(HANG_MS);
  page.faults = [];
  page.on("pageerror", (e) => page.faults.push(e.message));
  page.on("console", (m) => {
    if (m.type() === "error")
      page.faults.push(m.text());
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(new URL(url).origin) && !/^(data|blob|ws):/.test(r.url()))
      page.faults.push(`a request to ${r.url()}`);
  });
  await page.goto(url, {timeout: HANG_MS});
  return page;
}

// Until the terminal `name` shows what the regular expression says.
export const shows = (page, name, regex) => page.waitForFunction(
  ([n, source, flags]) => new RegExp(source, flags).test(globalThis.ringone?.terminals.text(n) || ""),
  [name, regex.source, regex.flags], {polling: 100});

// Until an element's text says it.
export const says = (page, selector, regex) => page.waitForFunction(
  ([s, source]) => new RegExp(source).test(document.querySelector(s)?.textContent || ""),
  [selector, regex.source], {polling: 100});

// Types into a terminal as a visitor does.
export async function type(page, name, text) {
  await page.locator(`.console[data-name="${name}"] textarea`).focus();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

// The screen's picture as Chromium shows it, in a file that tests/system/pixels.c reads. For the moment it stands in the
// corner of the page, where a pixel of it is one of the screenshot.
async function savePicture(page, file) {
  const canvas = page.locator("#picture canvas");
  const size = await canvas.evaluate((c) => {
    c.style.cssText += "position: fixed; left: 0; top: 0; z-index: 9; margin: 0";
    return {width: c.width, height: c.height};
  });
  const png = PNG.sync.read(await page.screenshot({clip: {x: 0, y: 0, ...size}}));
  await canvas.evaluate((c) => {
    for (const property of ["position", "left", "top", "z-index", "margin"])
      c.style.removeProperty(property);
  });
  const rgb = Buffer.alloc(png.width * png.height * 3);
  for (let i = 0; i < png.width * png.height; i++)
    png.data.copy(rgb, 3 * i, 4 * i, 4 * i + 3);
  fs.writeFileSync(file, Buffer.concat([Buffer.from(`P6\n${png.width} ${png.height}\n255\n`), rgb]));
}

// Until the picture is what mandel draws: frame `frame`, or without one any frame or two neighbours. It comes later than
// the words that tell of it, and by pieces: what is seen on the way is no fault, what stays is.
export async function comparePicture(page, {pixels, file, seed, frame}) {
  const end = Date.now() + HANG_MS;
  for (;;) {
    await savePicture(page, file);
    const {error, status, stdout} = spawnSync(pixels, [file, String(seed), ...(frame ? [String(frame)] : [])], {encoding: "utf8"});
    if (error)
      throw error;
    if (status === 0)
      return;
    if (Date.now() > end)
      throw new Error(stdout.trim() || `${pixels}: status ${status}`);
    await page.waitForTimeout(100);
  }
}
