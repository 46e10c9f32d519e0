// Learn: steps, pause, learning rate, the weights as a file, cancel, keys, an own picture, a drawing; every task gets better.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, fits, lookAt, open, type Session, settled, start } from './browser.js';

const { loadSafetensors, safetensorsMetadata, Conv2d } = await import(
  new URL('../../dist/index.js', import.meta.url).href
);

const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
const step = async (page: Page) => Number((await text(page, 'counter')).match(/^Step (\d+)/)?.[1]);
const loss = async (page: Page) => Number((await text(page, 'counter')).match(/loss (\S+)$/)?.[1]);
const nearness = async (page: Page) =>
  Number((await text(page, 'nearness')).match(/^PSNR (−?-?[\d.]+) dB/)?.[1]);

const reach = (page: Page, least: number) =>
  page.waitForFunction(
    (from) => Number(document.getElementById('counter')?.textContent?.match(/^Step (\d+)/)?.[1]) >= from,
    least,
  );

/** Until the network has done what it was told, and the page shows it. */
const rests = (page: Page) => settled(page, 'pictures');

async function choose(page: Page, task: string): Promise<void> {
  await rests(page);
  await page.selectOption('#task', task);
  await rests(page);
}

async function pause(page: Page): Promise<void> {
  await page.click('#play');
  await rests(page);
}

async function oneStep(page: Page): Promise<void> {
  await page.click('#step');
  await rests(page);
}

/** The pixels of one of the pictures. */
const pixels = (page: Page, at: number) =>
  page
    .locator('#pictures canvas')
    .nth(at)
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

const numbers = (page: Page, table: string) =>
  page
    .locator(`#${table} td`)
    .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent?.replace('−', '-'))));

/** The weights as the page gives them. */
async function weights(page: Page) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  const bytes = readFileSync(await file.path());
  return {
    name: file.suggestedFilename(),
    dict: loadSafetensors(bytes),
    metadata: safetensorsMetadata(bytes),
  };
}

describe('learn', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('imitates a filter: finds its kernel, and the file has it', async () => {
    const { page, problems } = await open(session, 'learn.html');
    await choose(page, 'filter');
    assert.deepEqual(await numbers(page, 'true'), [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
    const first = await numbers(page, 'learnt');
    const [picture, truth] = [await pixels(page, 1), await pixels(page, 2)];
    await oneStep(page);
    assert.equal(await step(page), 1);
    const before = await loss(page);
    assert.ok(before > 0.1, String(before));
    await page.click('#play');
    await page.waitForFunction(
      () => Number(document.getElementById('counter')?.textContent?.match(/loss (\S+)$/)?.[1]) < 1e-4,
    );
    await pause(page);
    assert.notDeepEqual(await numbers(page, 'learnt'), first);
    assert.notEqual(await pixels(page, 1), picture);
    assert.equal(await pixels(page, 2), truth);
    const { name, dict, metadata } = await weights(page);
    assert.equal(name, 'filter.safetensors');
    assert.equal(metadata.format, 'pt');
    assert.deepEqual(Object.keys(dict), ['0.weight']);
    assert.deepEqual(dict['0.weight'].shape, [1, 1, 3, 3]);
    const layer = new Conv2d(1, 1, 3, { bias: false });
    layer.loadStateDict(dict, { prefix: '0.' });
    for (const [i, wanted] of [-1, 0, 1, -2, 0, 2, -1, 0, 1].entries())
      assert.ok(Math.abs(layer.weight.data[i] - wanted) < 0.1, `${i}: ${layer.weight.data[i]}`);
    assert.match(await text(page, 'file'), /^filter\.safetensors, \d+\.\d KB\.$/);

    await page.selectOption('#filter', 'Gaussian blur');
    await page.selectOption('#size', '5');
    await rests(page);
    assert.equal(await page.locator('#true td').count(), 25);
    assert.equal(await text(page, 'play'), 'Start');
    await assertAccessible(page);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('every task gets better, and its layers are in the file', async () => {
    const { page, problems } = await open(session, 'learn.html');
    const layers = { denoise: '0 2 4', upscale: '0 2', colour: '0 2 4 6 8', grow: '0 2' };
    for (const [task, names] of Object.entries(layers)) {
      await choose(page, task);
      const before = await nearness(page);
      if (task === 'grow') {
        // its pictures get worse now and then, so the number of steps is fixed
        for (let i = 0; i < 8; i++) await oneStep(page);
      } else {
        await page.click('#play');
        await reach(page, 25);
        await pause(page);
      }
      assert.match(await text(page, 'status'), /^Paused/);
      const now = await nearness(page);
      assert.ok(now > before + 0.2, `${task}: ${before} dB, then ${now}`);
      const tiles = await page.locator('#tiles canvas').count();
      assert.equal(tiles, { denoise: 16, upscale: 24, colour: 16, grow: 2 }[task]);
      const { name, dict } = await weights(page);
      assert.equal(name, `${task}.safetensors`);
      assert.equal([...new Set(Object.keys(dict).map((key) => key.split('.')[0]))].join(' '), names);
      // as many layers of the same sizes in the code
      const code = await text(page, 'code-torch');
      assert.equal(code.match(/nn\.Conv/g)?.length, names.split(' ').length);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('pauses, goes on, takes one step, another learning rate, starts anew, is cancelled', async () => {
    const { page, problems } = await open(session, 'learn.html');
    await rests(page);
    assert.equal(await step(page), 0);
    await page.click('#play');
    await reach(page, 3);
    assert.equal(await text(page, 'play'), 'Pause');
    await pause(page);
    const here = await step(page);
    await page.waitForTimeout(500);
    assert.equal(await step(page), here, 'it stands still');
    assert.equal(await text(page, 'play'), 'Continue');
    assert.match(await text(page, 'status'), new RegExp(`^Paused\\. Step ${here}, loss [\\d.]+\\.$`));
    await oneStep(page);
    assert.equal(await step(page), here + 1);

    // without a rate worth the name nothing changes any more
    await page.focus('#rate');
    await page.keyboard.press('Home');
    assert.equal(await text(page, 'rate-value'), '0.00001');
    assert.equal(await page.getAttribute('#rate', 'aria-valuetext'), '0.00001');
    const rested = (await weights(page)).dict['0.weight'].data;
    await oneStep(page);
    assert.equal(await step(page), here + 2);
    const small = (await weights(page)).dict['0.weight'].data;
    const farthest = (a: Float32Array, b: Float32Array) =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
    assert.ok(farthest(rested, small) < 1e-4, `moved by ${farthest(rested, small)}`);
    for (let i = 0; i < 50; i++) await page.keyboard.press('ArrowRight'); // the focus is on the button
    await page.focus('#rate');
    await page.keyboard.press('End');
    await oneStep(page);
    assert.equal(await step(page), here + 3);
    const large = (await weights(page)).dict['0.weight'].data;
    assert.ok(farthest(small, large) > 0.01, `moved by ${farthest(small, large)}`);
    assert.equal(await page.locator('#curve .change').count(), 1);
    assert.match((await page.getAttribute('#curve', 'aria-label')) ?? '', new RegExp(`${here + 3} steps`));

    await page.click('#anew');
    await rests(page);
    assert.equal(await text(page, 'counter'), 'Step 0');
    assert.equal(await text(page, 'play'), 'Start');
    assert.equal(await page.locator('#curve .change').count(), 0);

    await page.click('#play');
    await reach(page, 2);
    await page.click('#cancel');
    assert.match(await text(page, 'status'), /^Cancelled at step \d+\. The weights are discarded\.\s*$/);
    assert.ok((await page.isDisabled('#cancel')) && (await page.isDisabled('#save')));
    const ended = await step(page);
    await page.waitForTimeout(500);
    assert.equal(await step(page), ended);
    // started and paused at once, a new network has made no step, or the first
    await page.selectOption('#pace', '1000');
    await page.locator('#play').evaluate((button) => {
      (button as HTMLButtonElement).click();
      (button as HTMLButtonElement).click();
    });
    await rests(page);
    assert.ok((await step(page)) <= 1);
    await page.click('#play');
    assert.equal(await text(page, 'play'), 'Pause');
    await reach(page, 2);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('by keys alone, at a step a second, and what a screen reader says', async () => {
    const { page, problems } = await open(session, 'learn.html');
    await rests(page);
    await page.focus('#task');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('#task').inputValue(), 'upscale');
    await page.selectOption('#pace', '1000');
    await rests(page);
    await page.focus('#play');
    const begin = Date.now();
    await page.keyboard.press('Enter');
    await reach(page, 3);
    assert.match(await text(page, 'status'), /^Learning\./);
    // the first step is made at once, each other one a second after the last or later
    const made = await step(page);
    const took = Date.now() - begin;
    assert.ok(took > 1000 * (made - 1) - 50, `${made} steps in ${took} ms`);
    await page.keyboard.press(' ');
    await rests(page);
    assert.match(await text(page, 'status'), /^Paused\. Step \d+, loss/);
    const paused = await step(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await rests(page);
    assert.equal(await step(page), paused + 1);
    assert.equal(await page.getAttribute('#status', 'role'), 'status');
    assert.equal(
      await page.getAttribute('#counter', 'aria-live'),
      'off',
      'ten times a second would be noise',
    );
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('learns from a file and from a drawing, and says why it does not', async () => {
    const { page, problems } = await open(session, 'learn.html');
    await rests(page);
    const supplied = await pixels(page, 2);
    const png = (width: number, height: number) =>
      page.evaluate(
        async ([w, h]) => {
          const canvas = new OffscreenCanvas(w, h);
          const context = canvas.getContext('2d');
          if (context) context.fillStyle = '#2060a0';
          context?.fillRect(0, 0, w / 2, h);
          const blob = await canvas.convertToBlob();
          return [...new Uint8Array(await blob.arrayBuffer())];
        },
        [width, height] as const,
      );
    const give = async (buffer: Buffer) =>
      page.setInputFiles('.drop input', { name: 'a.png', mimeType: 'image/png', buffer });
    await give(Buffer.from(await png(200, 100)));
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#pictures canvas');
      return canvas?.width === 128 && canvas.height === 64;
    });
    await rests(page);
    const given = await pixels(page, 2);
    assert.notEqual(given, supplied);
    await give(Buffer.from(await png(2000, 100)));
    await page.waitForFunction(() => /too narrow/.test(document.getElementById('error')?.textContent ?? ''));
    assert.ok(await page.isDisabled('#save'));
    await give(Buffer.from('none'));
    await page.waitForFunction(() =>
      /cannot read this file as a picture/.test(document.getElementById('error')?.textContent ?? ''),
    );

    await page.click('#draw');
    assert.equal(await page.getAttribute('#draw', 'aria-expanded'), 'true');
    await page.selectOption('#task', 'grow');
    await page.focus('#pad');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press(' ');
    await rests(page); // what is shown moves what is below
    const pad = await page.locator('#pad').boundingBox();
    assert.ok(pad);
    await page.mouse.move(pad.x + 60, pad.y + 60);
    await page.mouse.down();
    await page.mouse.move(pad.x + 200, pad.y + 180, { steps: 5 });
    await page.mouse.up();
    await rests(page);
    assert.equal(await page.locator('#pictures canvas').count(), 6);
    // the last picture is what was drawn: on the stroke and beside it
    const isDrawn = await page.evaluate(() => {
      const canvas = [...document.querySelectorAll<HTMLCanvasElement>('#pictures canvas')].at(-1);
      const context = new OffscreenCanvas(24, 24).getContext('2d', { willReadFrequently: true });
      if (canvas) context?.drawImage(canvas, 0, 0);
      const at = (x: number, y: number) => context?.getImageData(x, y, 1, 1).data;
      const [on, off] = [at(12, 11), at(20, 4)];
      return on && off && on[0] > 150 && on[2] < 120 && off[2] > 250;
    });
    assert.ok(isDrawn);
    await assertAccessible(page);
    await page.click('#supplied');
    assert.ok(await page.isHidden('#sketch'));
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('fits the phone, in light and dark', async () => {
    const { page, problems } = await open(session, 'learn.html');
    for (const task of ['denoise', 'filter', 'grow']) {
      await choose(page, task);
      await oneStep(page);
      if (task === 'filter') await page.selectOption('#filter', 'Gabor');
      if (task === 'filter') await page.selectOption('#size', '7');
      await rests(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page);
      }
      await fits(page, task, 360, 780);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      const play = await page.locator('#play').boundingBox();
      assert.ok(play && play.y > 0 && play.y < 780, 'the player stays in view');
      await lookAt(page, `learn-${task}`);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });
});
