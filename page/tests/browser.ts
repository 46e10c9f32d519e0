// Chromium on the built pages: one server and one browser for a test file, and what must hold on every page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';

export const widths = [390, 820, 1280];

/** Milliseconds that anything may take: a slow machine is no failure. */
const PATIENCE = 600_000;

/** Where screenshots go, if `SCREENSHOTS` names a folder. */
const screenshots = process.env.SCREENSHOTS;

export interface Session {
  readonly browser: Browser;
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** What a host answers that sends no headers by which a page is isolated. */
export const noIsolation = {
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  'Cross-Origin-Embedder-Policy': 'unsafe-none',
};

/**
 * Serves `page/dist` and starts the browser, `CHROMIUM` or /usr/bin/chromium, with more arguments if need be, and with other headers than
 * those of vite.config.ts.
 */
export async function start(
  args: readonly string[] = [],
  headers: Record<string, string> = {},
): Promise<Session> {
  const server: PreviewServer = await preview({
    configFile: new URL('../vite.config.ts', import.meta.url).pathname,
    preview: { port: 0, open: false, headers },
    logLevel: 'error',
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: PATIENCE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('the preview server has no address');
  return {
    browser,
    address,
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** Opens a page; what it logs as an error, throws or fails to load ends up in `problems`. */
export async function open(
  { browser, address }: Session,
  file: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(PATIENCE);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // the page that asked was left
    if (reason !== 'net::ERR_ABORTED') problems.push(`${request.url()} ${reason}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(address).origin)
      problems.push(`asked ${request.url()}`);
  });
  await page.goto(address + file);
  return { page, problems };
}

/** How many threads a job of an isolated page has. */
export const threadsOf = (page: Page): Promise<number> =>
  page.evaluate(() => (crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 8) : 1));

/**
 * Waits until a part of the page shows what the last input asks for. The page marks it as busy while it handles the input, before the
 * call that gives the input returns.
 */
export const settled = (page: Page, id: string) =>
  page.waitForSelector(`#${id}[aria-busy="false"]`, { state: 'attached' });

/** Waits until the page has been drawn for its current size: what observes sizes has been told by then. */
const drawn = (page: Page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }),
  );

/** Gives the window a width; fails if the page is wider. */
export async function fits(page: Page, name: string, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.waitForFunction((wanted) => innerWidth === wanted, width);
  await drawn(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide for ${width}`);
}

/** Presses a button that copies, and gives what it copied. */
export async function copied(page: Page, button: string): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.click(button);
  // the browser writes it after the click, not during it
  return page.evaluate(async () => {
    let text = '';
    while (text === '') text = await navigator.clipboard.readText();
    return text;
  });
}

/** A PNG file of one colour, by the browser. */
export const plainPicture = async (page: Page, width: number, height: number) => ({
  name: 'plain.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    await page.evaluate(
      async ([w, h]) => {
        const canvas = new OffscreenCanvas(w, h);
        canvas.getContext('2d')?.fillRect(0, 0, w, h);
        return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
      },
      [width, height] as const,
    ),
  ),
});

/** Fails with the rule and the elements of every violation that axe finds. */
export async function assertAccessible(page: Page): Promise<void> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(axe, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  assert.deepEqual(violations, []);
}

/** At every width the page is no wider than the window; takes a screenshot of each. */
export async function lookAt(page: Page, name: string): Promise<void> {
  for (const width of widths) {
    await fits(page, name, width, width < 600 ? 844 : 900);
    if (screenshots) await page.screenshot({ path: `${screenshots}/${name}-${width}.png`, fullPage: true });
  }
}
