// Convolution arithmetic: every animation against the published sizes and sums computed here, the player, links, files.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { copied, open, type Session, start } from './browser.js';

interface Figure {
  readonly transposed: boolean;
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly output_padding?: number;
  readonly output: number;
}

const fixture = new URL('../../tests/fixtures/conv_arithmetic.json.gz', import.meta.url);
const { cases } = JSON.parse(gunzipSync(readFileSync(fixture)).toString()) as { cases: Figure[] };

/** The numbers of a list in code, such as `conv.weight = [[[[1, 2], …` */
function listAfter(code: string, start: string): number[] {
  const at = code.indexOf(start) + start.length;
  const text = code.slice(at, code.indexOf(start === 'conv.weight = ' ? ';' : ')', at));
  return (JSON.parse(text) as number[][][][]).flat(3);
}

/** A square layer of one channel by definition: every input that meets an output through a kernel element. */
function layer(f: Figure, x: readonly number[], w: readonly number[]): number[] {
  const y = new Array<number>(f.output ** 2).fill(0);
  // along one axis: outputs and kernel elements of an input
  const meets = (i: number, k: number, o: number) =>
    f.transposed
      ? o === f.stride * i + f.dilation * k - f.padding
      : i === f.stride * o + f.dilation * k - f.padding;
  const all = (size: number) => [...Array(size).keys()];
  for (const oy of all(f.output))
    for (const ox of all(f.output))
      for (const iy of all(f.input))
        for (const ix of all(f.input))
          for (const ky of all(f.kernel))
            for (const kx of all(f.kernel))
              if (meets(iy, ky, oy) && meets(ix, kx, ox))
                y[oy * f.output + ox] += x[iy * f.input + ix] * w[ky * f.kernel + kx];
  return y;
}

/** The numbers of the last section of the drawing, which are the outputs; those outside have none. */
const outputs = (page: Page) =>
  page
    .locator('#stage svg > g:last-of-type .value')
    .evaluateAll((texts) => texts.map((text) => Number(text.textContent?.replace('−', '-'))));

const scrubTo = (page: Page, step: number) => page.fill('#scrub', String(step));
const lastStep = async (page: Page) => Number(await page.getAttribute('#scrub', 'max'));

describe('convolution arithmetic', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('every published animation: sizes and numbers, both ways for transposed ones', async () => {
    const { page, problems } = await open(session, 'index.html');
    const names = await page.locator('#preset option').allTextContents();
    assert.equal(names.length, 1 + cases.length);
    for (const [i, figure] of cases.entries()) {
      await page.selectOption('#preset', String(i));
      const title = `${names[i + 1]} ${JSON.stringify(figure)}`;
      for (const view of figure.transposed ? ['scatter', 'inserted'] : ['plain']) {
        if (figure.transposed) await page.selectOption('#view', view);
        await scrubTo(page, await lastStep(page));
        const code = (await page.textContent('#code-convnd')) ?? '';
        const [x, w] = [listAfter(code, 'conv.forward('), listAfter(code, 'conv.weight = ')];
        assert.deepEqual([x.length, w.length], [figure.input ** 2, figure.kernel ** 2], title);
        assert.deepEqual(await outputs(page), layer(figure, x, w), `${title}, ${view}`);
        assert.ok((await page.textContent('#formula'))?.endsWith(`= ${figure.output}`), title);
        assert.ok(!(await page.textContent('#words'))?.includes('report'), title);
      }
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('written sums are convnd’s numbers in every step, for groups, channels, modes and dimensions', async () => {
    const { page, problems } = await open(session, 'index.html');
    for (const hash of [
      'channels=4&filters=4&groups=2&input=3&kernel=2&padding=0',
      'rank=1&input=8&kernel=3&padding=2&paddingMode=circular&stride=2',
      'rank=3&input=3&kernel=2&paddingMode=replicate&channels=2',
      'input=6&padding=2&paddingMode=reflect&dilation=2&stride=2',
      'transposed=1&channels=2&filters=4&groups=2&input=3&stride=2&outputPadding=1&padding=2',
      'transposed=1&view=inserted&rank=3&input=2&stride=2&dilation=2&padding=3&channels=2&filters=2',
      'transposed=1&view=inserted&rank=1&input=5&stride=3&kernel=2&outputPadding=2&padding=0&dilation=4',
    ]) {
      await page.goto(`${session.address}index.html#${hash}`);
      await page.reload();
      assert.equal(await page.textContent('#error'), '', hash);
      for (let step = await lastStep(page); step >= 0; step--) {
        await scrubTo(page, step);
        assert.ok(!(await page.textContent('#words'))?.includes('report'), `${hash}, step ${step}`);
      }
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('plays, steps, scrubs and answers to keys', async () => {
    const { page, problems } = await open(session, 'index.html');
    const counter = () => page.textContent('#counter');
    assert.equal(await counter(), 'step 1 of 25');
    await page.click('#forward');
    await page.click('#forward');
    await page.click('#back');
    assert.equal(await counter(), 'step 2 of 25');
    await page.focus('#stage');
    await page.keyboard.press('ArrowRight');
    assert.equal(await counter(), 'step 3 of 25');
    await page.keyboard.press('End');
    assert.equal(await counter(), 'step 25 of 25');
    await page.keyboard.press('ArrowRight');
    assert.equal(await counter(), 'step 25 of 25');
    await page.selectOption('#speed', 'fast');
    await page.focus('#stage');
    // stopped from within the page: seen from here, it may have played on
    await page.evaluate(() => {
      new MutationObserver(() => {
        if (document.getElementById('counter')?.textContent === 'step 4 of 25')
          document.getElementById('play')?.click();
      }).observe(document.getElementById('counter') as HTMLElement, { childList: true });
    });
    await page.keyboard.press('Space');
    await page.waitForURL((url) => url.hash === '#step=3');
    assert.equal(await counter(), 'step 4 of 25');
    assert.equal(await page.textContent('#play'), 'Play');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('numbers are written, and a link restores everything', async () => {
    const { page, problems } = await open(session, 'index.html');
    await page.fill('#padding', '0');
    await page.click('summary');
    const fields = page.locator('#editor input');
    await fields.first().waitFor(); // a task after the click
    assert.equal(await fields.count(), 9 + 25);
    for (let i = 0; i < 9; i++) await fields.nth(i).fill(i === 4 ? '1' : '0');
    await page.getByLabel('input [0, 0], row 1, column 1').fill('-7.5');
    await scrubTo(page, await lastStep(page));
    const shown = await outputs(page);
    assert.equal(shown.length, 9);
    assert.equal(shown[0], -7.5, 'the middle element passes the input on');
    const link = await copied(page, '#share button:first-child');
    assert.ok(link.startsWith(session.address));
    const { page: other } = await open(session, link.slice(session.address.length));
    assert.deepEqual(await outputs(other), shown);
    assert.equal(await other.inputValue('#padding'), '0');
    assert.equal(await other.textContent('#counter'), 'step 9 of 9');
    for (const view of ['plain', 'scatter', 'inserted']) {
      await page.selectOption('#transposed', view === 'plain' ? '' : '1');
      if (view !== 'plain') await page.selectOption('#view', view);
      await fields.nth(4).fill('0.1');
      await fields.nth(3).fill('-0.7');
      for (let step = await lastStep(page); step >= 0; step--) {
        await scrubTo(page, step);
        assert.doesNotMatch((await page.textContent('#words')) ?? '', /report|00000/, `${view} ${step}`);
      }
    }
    await scrubTo(page, await lastStep(page));
    const fractions = await outputs(page);
    await page.click('#randomise');
    assert.notDeepEqual(await outputs(page), fractions);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('what convnd refuses is said in its words, and the page goes on', async () => {
    const { page, problems } = await open(session, 'index.html');
    await page.fill('#padding', '0');
    await page.fill('#kernel', '7');
    assert.match((await page.textContent('#error')) ?? '', /[Kk]ernel size/);
    assert.ok(await page.isDisabled('#play'));
    await page.fill('#kernel', '3');
    assert.equal(await page.textContent('#error'), '');
    await page.fill('#groups', '2');
    assert.match((await page.textContent('#error')) ?? '', /divisible by groups/);
    await page.fill('#groups', '1');
    await page.selectOption('#transposed', '1');
    await page.fill('#outputPadding', '3');
    assert.match((await page.textContent('#error')) ?? '', /output padding/);
    await page.fill('#outputPadding', '0');
    assert.ok(await page.isEnabled('#play'));
    await page.fill('#input', '99');
    await page.press('#input', 'Tab');
    assert.equal(await page.inputValue('#input'), '12');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('code to copy, SVG and GIF to save', async () => {
    const { page, problems } = await open(
      session,
      'index.html#transposed=1&input=2&stride=2&outputPadding=1',
    );
    const torch = await copied(page, '#copy-torch button');
    assert.match(
      torch,
      /nn\.ConvTranspose2d\(1, 1, 3, stride=2, padding=1, bias=False, output_padding=1\)|nn\.ConvTranspose2d\(1, 1, 3, stride=2, padding=1, .*output_padding=1/,
    );
    const convnd = await copied(page, '#copy-convnd button');
    assert.match(convnd, /new ConvTranspose2d\(1, 1, 3, \{ stride: 2, padding: 1, .*outputPadding: 1/);
    // the copied text runs as it is, but for where the library lies
    const module = convnd
      .replace("'convnd'", `'${new URL('../../dist/index.js', import.meta.url)}'`)
      .replace(/console\.log.*/, 'export { y };');
    const { y } = (await import(`data:text/javascript,${encodeURIComponent(module)}`)) as {
      y: { data: Float32Array };
    };
    await scrubTo(page, await lastStep(page));
    assert.deepEqual(await outputs(page), [...y.data]);
    await scrubTo(page, 0);

    const saved = async (button: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
      return readFileSync(await file.path());
    };
    const svg = (await saved('#save-svg')).toString();
    const valid = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return !parsed.querySelector('parsererror') && parsed.querySelectorAll('rect').length;
    }, svg);
    assert.ok(valid && valid > 4 + 9 + 16, `${valid} rectangles`);
    assert.ok(!svg.includes('var('), 'colours are resolved');

    const gif = await saved('#save-gif');
    assert.equal(gif.toString('latin1', 0, 6), 'GIF89a');
    const frames = gif.toString('latin1').split('\x21\xf9\x04').length - 1; // graphic control extensions
    assert.equal(frames, 4, 'one for each input');
    assert.deepEqual(problems, []);
    await page.close();
  });
});
