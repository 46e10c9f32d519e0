// Signals, slide and sum: sums by definition, lags, modes, keys and pointer, drawing; the tabs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, start } from './browser.js';

const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
const choose = (page: Page, name: string) => page.selectOption('#pair', { label: name });

/** What the code says the signals are; only short ones are written out. */
async function signals(page: Page): Promise<{ x: number[]; h: number[] }> {
  const code = await text(page, 'code-convnd');
  const list = (name: string) => JSON.parse(code.match(`const ${name} = (.*);`)?.[1] ?? '') as number[];
  return { x: list('x'), h: list('h') };
}

/** Every output by definition, lags from 1 − n2 on. */
const full = (x: readonly number[], h: readonly number[]) =>
  Array.from({ length: x.length + h.length - 1 }, (_, o) =>
    h.reduce((sum, tap, k) => sum + tap * (x[o - (h.length - 1) + k] ?? 0), 0),
  );

/** Goes through all steps and reads the words of both pictures. */
const allWords = (page: Page) =>
  page.evaluate(() => {
    const scrub = document.getElementById('scrub') as HTMLInputElement;
    return Array.from({ length: Number(scrub.max) + 1 }, (_, step) => {
      scrub.value = String(step);
      scrub.dispatchEvent(new Event('input'));
      return ['correlation', 'convolution'].map(
        (kind) => document.getElementById(`words-${kind}`)?.textContent ?? '',
      );
    });
  });

const last = (words: string) => Number(words.match(/= (−?[\d.]+)\.$/)?.[1].replace('−', '-'));

describe('signals: slide and sum', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('every sum is the sum by definition, and convolution reverses the kernel', async () => {
    const { page, problems } = await open(session, 'signals.html');
    await choose(page, 'Whole numbers');
    const { x, h } = await signals(page);
    assert.deepEqual([x.length, h.length], [8, 4]);
    const words = await allWords(page);
    assert.deepEqual(
      words.map(([correlation]) => last(correlation)),
      full(x, h),
    );
    assert.deepEqual(
      words.map(([, convolution]) => last(convolution)),
      full(x, [...h].reverse()),
    );
    assert.equal(words[0][0], 'Correlation at lag −3: 1 product, 1·(−1) = −1.');
    assert.match(words[5][1], /^Convolution at n = 5: 4 products, /);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the written sums agree with convnd in all pairs', async () => {
    const { page, problems } = await open(session, 'signals.html');
    const pairs = await page.locator('#pair option').allTextContents();
    assert.equal(pairs.length, 7);
    for (const name of pairs.slice(0, -1)) {
      await choose(page, name);
      for (const words of (await allWords(page)).flat())
        assert.match(words, /= −?[\d.]+\.$/, `${name}: ${words}`);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the lag is read off at the peak, and an even kernel makes both pictures the same', async () => {
    const { page, problems } = await open(session, 'signals.html');
    assert.match(
      await text(page, 'peak'),
      /^Highest correlation: 10\.98, at lag 21\. There the kernel’s sample 0 lies on the signal’s sample 21\. Divided by the norms of both, it is 0\.\d+\.$/,
    );
    assert.equal(await text(page, 'counter'), 'step 34 of 60');
    assert.equal(await page.locator('#stage .peak').count(), 1);
    await page.click('#back');
    assert.equal(await page.locator('#stage .peak').count(), 0, 'not reached yet');

    await choose(page, 'An even kernel');
    for (const [correlation, convolution] of await allWords(page))
      assert.equal(last(correlation), last(convolution));
    await choose(page, 'An odd kernel');
    for (const [correlation, convolution] of await allWords(page))
      assert.equal(last(correlation) + last(convolution), 0);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('modes are brackets, and what SciPy keeps', async () => {
    const { page, problems } = await open(session, 'signals.html');
    await choose(page, 'A step and a triangle');
    const rows = () => page.locator('#ranges tr').allInnerTexts();
    assert.deepEqual(
      (await rows()).map((row) => row.split(/\s*\t\s*/)),
      [
        ['full', '50', '−10 to 39'],
        ['same', '40', '−5 to 34'],
        ['valid', '30', '0 to 29'],
      ],
    );
    for (const [mode, count] of [
      ['valid', 30],
      ['same', 40],
      ['full', 50],
    ] as const) {
      await page.selectOption('#mode', mode);
      const label = page.locator('#stage-correlation text.chosen');
      assert.equal(await label.textContent(), `${mode}, ${count}`);
      const cut = await page.locator('#stage-convolution .output.cut').count();
      assert.equal(cut, 50 - count);
      assert.match(await text(page, 'code-scipy'), new RegExp(`correlate\\(x, h, '${mode}'\\)`));
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('arrow keys, dragging and the player move the kernel', async () => {
    const { page, problems } = await open(session, 'signals.html');
    const step = async () => Number((await text(page, 'counter')).match(/\d+/)?.[0]);
    await page.focus('#stage');
    await page.keyboard.press('Home');
    assert.equal(await step(), 1);
    await page.keyboard.press('ArrowRight');
    assert.equal(await step(), 2);
    assert.equal(await page.getAttribute('#words-correlation', 'aria-live'), 'polite');
    await page.keyboard.press('End');
    assert.equal(await step(), 60);

    const window = async () =>
      (await page.locator('#stage-correlation .window').boundingBox()) as { x: number };
    const before = await window();
    const box = await page.locator('#stage').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 400, box.y + 120);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 120, { steps: 4 });
    await page.mouse.up();
    const moved = before.x - (await window()).x;
    assert.ok(Math.abs(moved - 100) < 8, `the window follows the pointer: ${moved}`);

    await page.click('#play');
    assert.equal(await text(page, 'play'), 'Pause');
    const here = await step();
    await page.waitForFunction(
      (from) => !document.getElementById('counter')?.textContent?.startsWith(from),
      `step ${here} `,
    );
    assert.equal(await page.getAttribute('#words-correlation', 'aria-live'), 'off', 'silent while it plays');
    await page.focus('#stage');
    await page.keyboard.press(' ');
    assert.equal(await text(page, 'play'), 'Play');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('signals are drawn, by pointer and by keys', async () => {
    const { page, problems } = await open(session, 'signals.html');
    await choose(page, 'Whole numbers');
    await page.click('#clear');
    assert.equal(await text(page, 'peak'), 'Every sum is zero.');
    assert.deepEqual((await signals(page)).x, [0, 0, 0, 0, 0, 0, 0, 0]);

    const pad = page.locator('#signal svg');
    const box = await pad.boundingBox();
    assert.ok(box);
    const at = (sample: number, share: number) =>
      [box.x + ((sample + 0.5) / 8) * box.width, box.y + share * box.height] as const;
    await page.mouse.move(...at(2, 0.5));
    await page.mouse.down();
    await page.mouse.move(...at(4, 0.02));
    await page.mouse.up();
    assert.deepEqual((await signals(page)).x, [0, 0, 0, 2, 4, 0, 0, 0], 'none between is left out');
    assert.equal(await page.locator('#pair').inputValue(), '-1');
    assert.equal(await text(page, 'about'), 'Your own signals.');

    await page.locator('#kernel svg').focus();
    assert.match((await page.getAttribute('#kernel svg', 'aria-valuetext')) ?? '', /^sample 0: 3$/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.getAttribute('#kernel svg', 'aria-valuetext'), 'sample 1: −1');
    const { x, h } = await signals(page);
    assert.deepEqual(h, [3, -1, 0, -1]);
    assert.deepEqual(
      (await allWords(page)).map(([correlation]) => last(correlation)),
      full(x, h),
    );
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('tabs open by pointer, keys and address', async () => {
    const { page, problems } = await open(session, 'signals.html');
    const opened = () =>
      page.locator('[role="tabpanel"]:visible').evaluateAll((panels) => panels.map(({ id }) => id));
    assert.deepEqual(await opened(), ['slide']);
    await page.focus('#tab-slide');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await opened(), ['pattern']);
    assert.equal(new URL(page.url()).hash, '#pattern');
    assert.equal(await page.getAttribute('#tab-pattern', 'aria-selected'), 'true');
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await opened(), ['slide']);
    await page.evaluate(() => {
      location.hash = 'pattern';
    });
    await page.waitForSelector('#pattern:visible');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('light, dark and three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await open(session, 'signals.html', { colorScheme });
      for (const summary of await page.locator('#slide summary').all()) await summary.click();
      await assertAccessible(page);
      await lookAt(page, `signals-${colorScheme}`);
      // the picture is drawn anew for the width that lookAt left: not at once, and the one before may be gone by then
      await page.waitForFunction(
        () => (document.querySelector('#stage-correlation svg')?.getBoundingClientRect().width ?? 0) > 300,
      );
      assert.deepEqual(problems, []);
      await page.close();
    }
  });
});
