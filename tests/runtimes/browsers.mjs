// Debian's browsers: each opens a page and reads its title, where the page writes its report.

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { freePort } from './free-port.mjs';

/** What isn't on this machine: no failure, unless everything is asked for. */
export class Missing extends Error {}

function find(...names) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // the next one
      }
    }
  }
  throw new Missing(`no ${names.join(' or ')} on this machine`);
}

/** How long anything may take: a slow machine is no failure. */
const SECONDS = 240;
/** After how long a page that may stand still is opened once more, doubled each time. */
const STANDSTILL = 60;

/** A page that never came to its end. */
class Silent extends Error {}

/** Reads a title until it is a report. */
async function reportIn(readTitle, seconds) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await wait(100)) {
    const title = await readTitle();
    if (title?.startsWith('{')) return JSON.parse(title);
  }
  throw new Silent(`no report within ${seconds} s`);
}

/**
 * Opens a page, more than once if it stands still.
 * @param open opens it and returns its report, or throws Silent after so many seconds
 */
async function reportOf(open, tries, seconds = STANDSTILL) {
  if (tries === 1) return open(SECONDS);
  try {
    return await open(seconds);
  } catch (error) {
    if (!(error instanceof Silent)) throw error;
    return reportOf(open, tries - 1, 2 * seconds);
  }
}

/** Chromium and Firefox. */
async function startWithPuppeteer(options) {
  const limits = { timeout: 1000 * SECONDS, protocolTimeout: 1000 * SECONDS };
  const browser = await puppeteer.launch({ headless: true, ...limits, ...options });
  // Firefox may refuse to open a page ("no such frame") while another one closes, so they take turns.
  let last = Promise.resolve();
  const inTurn = (step) => {
    last = last.catch(() => {}).then(step);
    return last;
  };
  const open = async (url, seconds) => {
    const page = await inTurn(() => browser.newPage());
    page.setDefaultTimeout(1000 * SECONDS);
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    try {
      await page.goto(url);
      return await reportIn(() => page.title(), seconds);
    } catch (error) {
      error.message = [error.message, ...complaints].join('; ');
      throw error;
    } finally {
      await inTurn(() => page.close());
    }
  };
  return {
    version: (await browser.version()).split('/')[1],
    report: (url, tries = 1) => reportOf((seconds) => open(url, seconds), tries),
    close: () => browser.close(),
  };
}

/** WebKitGTK, through the three calls of its WebDriver that are needed. One page at a time. */
async function startWebKit(driver, host, browser) {
  const port = await freePort();
  const process = spawn(host, ['-a', driver, `--port=${port}`], { stdio: 'ignore', detached: true });
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method,
      body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const binary = { binary: browser, args: ['--automation', '--autoplay-policy=allow'] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': binary } };
  const start = async (tries) => {
    await wait(500);
    return call('POST', '', { capabilities }).catch((error) => {
      if (tries === 0) throw error;
      return start(tries - 1);
    });
  };
  const { sessionId, capabilities: found } = await start(2 * SECONDS);
  let last = Promise.resolve();
  const open = async (url, seconds) => {
    await call('POST', `/${sessionId}/url`, { url });
    return reportIn(() => call('GET', `/${sessionId}/title`), seconds);
  };
  return {
    version: found.browserVersion,
    report: (url, tries = 1) =>
      (last = last.catch(() => {}).then(() => reportOf((seconds) => open(url, seconds), tries))),
    async close() {
      await call('DELETE', `/${sessionId}`);
      globalThis.process.kill(-process.pid);
    },
  };
}

const miniBrowsers = ['x86_64', 'aarch64'].map(
  (cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
);

const starters = {
  Chromium: (flags) =>
    startWithPuppeteer({
      executablePath: find('chromium', 'chromium-browser', 'google-chrome'),
      args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', ...flags],
    }),
  Firefox: () =>
    startWithPuppeteer({
      browser: 'firefox',
      executablePath: find('firefox-esr', 'firefox'),
      // sound without a click, and without a device
      extraPrefsFirefox: {
        'media.autoplay.default': 0,
        'media.autoplay.blocking_policy': 0,
        'media.cubeb.force_mock_context': true,
      },
    }),
  WebKitGTK: () => {
    const binary = miniBrowsers.find((file) => existsSync(file));
    if (!binary) throw new Missing('no MiniBrowser of WebKitGTK on this machine');
    return startWebKit(find('WebKitWebDriver'), find('xvfb-run'), binary);
  },
};

export const browserNames = Object.keys(starters);

const started = new Map();

/** The browser of that name, started when first asked for. */
export function browser(name, flags = []) {
  const key = [name, ...flags].join(' ');
  if (!started.has(key)) started.set(key, (async () => starters[name](flags))());
  return started.get(key);
}

export async function closeBrowsers() {
  for (const start of started.values()) await (await start.catch(() => undefined))?.close();
}
