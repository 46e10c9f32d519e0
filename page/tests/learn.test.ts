// Learn: steps, pause, learning rate, the weights as a file, cancel, keys, an own picture, a drawing; every task gets better.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, start } from './browser.js';

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

/** Until the network of a task that was chosen shows what it makes. */
const ready = (page: Page) =>
  page.waitForFunction(
    () =>
      /dB/.test(document.getElementById('nearness')?.textContent ?? '') &&
      document.querySelector('#pictures canvas'),
  );

async function choose(page: Page, task: string): Promise<void> {
  await ready(page);
  await page.evaluate(() => {
    const nearness = document.getElementById('nearness');
    if (nearness) nearness.textContent = '';
  });
  await page.selectOption('#task', task);
  await ready(page);
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
    await page.click('#step');
    await reach(page, 1);
    const before = await loss(page);
    assert.ok(before > 0.1, String(before));
    await page.click('#play');
    await page.waitForFunction(
      () => Number(document.getElementById('counter')?.textContent?.match(/loss (\S+)$/)?.[1]) < 1e-4,
    );
    await page.click('#play');
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
    await page.waitForFunction(() => document.querySelectorAll('#true td').length === 25);
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
      await page.click('#play');
      await reach(page, task === 'grow' ? 8 : 25);
      await page.click('#play');
      await page.waitForFunction(() => /^Paused/.test(document.getElementById('status')?.textContent ?? ''));
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
    await ready(page);
    assert.equal(await step(page), 0);
    await page.click('#play');
    await reach(page, 3);
    assert.equal(await text(page, 'play'), 'Pause');
    await page.click('#play');
    await page.waitForTimeout(700); // what was under way arrives
    const here = await step(page);
    await page.waitForTimeout(500);
    assert.equal(await step(page), here, 'it stands still');
    assert.equal(await text(page, 'play'), 'Continue');
    assert.match(await text(page, 'status'), new RegExp(`^Paused\\. Step ${here}, loss [\\d.]+\\.$`));
    await page.click('#step');
    await reach(page, here + 1);
    assert.equal(await step(page), here + 1);

    // without a rate worth the name nothing changes any more
    await page.focus('#rate');
    await page.keyboard.press('Home');
    assert.equal(await text(page, 'rate-value'), '0.00001');
    assert.equal(await page.getAttribute('#rate', 'aria-valuetext'), '0.00001');
    const rested = (await weights(page)).dict['0.weight'].data;
    await page.click('#step');
    await reach(page, here + 2);
    const small = (await weights(page)).dict['0.weight'].data;
    const farthest = (a: Float32Array, b: Float32Array) =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
    assert.ok(farthest(rested, small) < 1e-4, `moved by ${farthest(rested, small)}`);
    for (let i = 0; i < 50; i++) await page.keyboard.press('ArrowRight'); // the focus is on the button
    await page.focus('#rate');
    await page.keyboard.press('End');
    await page.click('#step');
    await reach(page, here + 3);
    const large = (await weights(page)).dict['0.weight'].data;
    assert.ok(farthest(small, large) > 0.01, `moved by ${farthest(small, large)}`);
    assert.equal(await page.locator('#curve .change').count(), 1);
    assert.match((await page.getAttribute('#curve', 'aria-label')) ?? '', new RegExp(`${here + 3} steps`));

    await page.click('#anew');
    await page.waitForFunction(() => /^Step 0$/.test(document.getElementById('counter')?.textContent ?? ''));
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
    // as fast as it can, the first steps may be over before they are seen
    await page.selectOption('#pace', '1000');
    await page.click('#play');
    await page.waitForFunction(() => document.getElementById('play')?.textContent === 'Pause');
    await page.waitForFunction(
      () => Number(document.getElementById('counter')?.textContent?.match(/^Step (\d+)/)?.[1]) < 3,
    );
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('by keys alone, at a step a second, and what a screen reader says', async () => {
    const { page, problems } = await open(session, 'learn.html');
    await ready(page);
    await page.focus('#task');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('#task').inputValue(), 'upscale');
    await page.selectOption('#pace', '1000');
    await ready(page);
    await page.focus('#play');
    await page.keyboard.press('Enter');
    await reach(page, 1);
    assert.match(await text(page, 'status'), /^Learning\./);
    const early = await step(page);
    await page.waitForTimeout(1500);
    const later = await step(page);
    assert.ok(later - early <= 2, `from step ${early} to ${later} in a second and a half`);
    await page.keyboard.press(' ');
    await page.waitForFunction(() =>
      /^Paused\. Step \d+, loss/.test(document.getElementById('status')?.textContent ?? ''),
    );
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await reach(page, later + 1);
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
    await ready(page);
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
    const pad = await page.locator('#pad').boundingBox();
    assert.ok(pad);
    await page.mouse.move(pad.x + 60, pad.y + 60);
    await page.mouse.down();
    await page.mouse.move(pad.x + 200, pad.y + 180, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelectorAll('#pictures canvas').length === 6);
    // the last picture is what was drawn: on the stroke and beside it
    await page.waitForFunction(() => {
      const canvas = [...document.querySelectorAll<HTMLCanvasElement>('#pictures canvas')].at(-1);
      const context = new OffscreenCanvas(24, 24).getContext('2d', { willReadFrequently: true });
      if (canvas) context?.drawImage(canvas, 0, 0);
      const at = (x: number, y: number) => context?.getImageData(x, y, 1, 1).data;
      const [on, off] = [at(12, 11), at(20, 4)];
      return on && off && on[0] > 150 && on[2] < 120 && off[2] > 250;
    });
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
      await page.click('#step');
      await reach(page, 1);
      if (task === 'filter') await page.selectOption('#filter', 'Gabor');
      if (task === 'filter') await page.selectOption('#size', '7');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page);
      }
      await page.setViewportSize({ width: 360, height: 780 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${task} is ${overflow} pixels too wide for 360`);
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      const play = await page.locator('#play').boundingBox();
      assert.ok(play && play.y > 0 && play.y < 780, 'the player stays in view');
      await lookAt(page, `learn-${task}`);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });
});
