// Threads: isolated by the host's headers, by the service worker, or not at all, each with the same results; none is left after a job.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { noIsolation, open, plainPicture, type Session, start, threadsOf } from './browser.js';

const cat = new URL('../../examples/data/chelsea.png', import.meta.url).pathname;
const status = async (page: Page) => (await page.textContent('#status')) ?? '';
const words = (threads: number) => `on ${threads} thread${threads === 1 ? '' : 's'}`;
const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);

/** Waits until there is no worker of the page, neither a job's nor one that it started. */
async function workersEnd(page: Page): Promise<void> {
  const end = Date.now() + 300_000;
  while (page.workers().length > 0) {
    assert.ok(Date.now() < end, `left: ${page.workers().map((worker) => worker.url())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Doubles a picture of a few tiles; gives the words said at the end, and the pixels. */
async function doubled(page: Page): Promise<{ said: string; png: string }> {
  await page.setInputFiles('.drop input', cat);
  await page.click('#start:not([disabled])');
  await page.waitForSelector('#comparing:not([hidden])');
  const png = await page.evaluate(() => document.querySelector<HTMLCanvasElement>('#after')?.toDataURL());
  assert.ok(png);
  return { said: await status(page), png };
}

describe('threads', () => {
  let isolated: Session;
  let plain: Session;
  before(async () => {
    isolated = await start();
    plain = await start([], noIsolation);
  });
  after(() => Promise.all([isolated.close(), plain.close()]));

  test('upscale: on all threads where isolated, on one where not, the same pixels', async () => {
    const { page, problems } = await open(isolated, 'upscale.html');
    assert.ok(await isIsolated(page));
    const threads = await threadsOf(page);
    let most = 0;
    page.on('worker', () => (most = Math.max(most, page.workers().length)));
    const many = await doubled(page);
    assert.match(many.said, new RegExp(`^Done in [\\d.]+ s ${words(threads)}, `));
    assert.equal(most, threads, 'the worker of the job is one of them');
    await workersEnd(page);
    assert.deepEqual(problems, []);
    await page.close();

    const other = await open(plain, 'upscale.html', { serviceWorkers: 'block' });
    assert.equal(await isIsolated(other.page), false);
    const one = await doubled(other.page);
    assert.match(one.said, /^Done in [\d.]+ s on 1 thread, /);
    assert.equal(one.png, many.png);
    const real = other.problems.filter((text) => !text.includes('blocked by Playwright'));
    assert.deepEqual(real, []);
    await other.page.close();
  });

  test('cancel ends all of them', async () => {
    const { page, problems } = await open(isolated, 'upscale.html');
    // so large that the job does not end before it is cancelled
    await page.setInputFiles('.drop input', await plainPicture(page, 2000, 1500));
    await page.click('#start:not([disabled])');
    await page.waitForFunction(() => document.getElementById('status')?.textContent?.includes(' % on '));
    assert.equal(page.workers().length, await threadsOf(page));
    await page.click('#cancel');
    await workersEnd(page);
    assert.equal(await status(page), 'Cancelled.');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('without headers the service worker isolates: a view with threads is loaded once more', async () => {
    const { page, problems } = await open(plain, 'upscale.html');
    await page.waitForFunction(() => crossOriginIsolated);
    assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null));
    const began = () => page.evaluate(() => performance.timeOrigin);
    const first = await began();
    const { said } = await doubled(page);
    assert.ok(said.includes(words(await threadsOf(page))), said);
    assert.equal(await began(), first, 'and not again');
    for (const name of ['benchmark', 'brain', 'learn']) {
      await page.goto(`${plain.address}${name}.html`);
      assert.ok(await isIsolated(page), name);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the benchmark has no second turn where the page is not isolated', async () => {
    const { page } = await open(plain, 'benchmark.html', { serviceWorkers: 'block' });
    await page.click('#start');
    await page.waitForSelector('#report:not(:empty)');
    assert.match((await page.textContent('#report')) ?? '', /\* Threads: 1\n/);
    assert.ok(await page.isHidden('#all-head'));
    await page.close();
  });
});
