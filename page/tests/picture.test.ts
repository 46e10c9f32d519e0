// Kernels on a picture: pixels against the sum by definition, the controls, the camera, what goes wrong.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, start } from './browser.js';

/** The pixels of a canvas, four bytes each. */
const pixels = (page: Page, id: string) =>
  page.evaluate((name) => {
    const canvas = document.getElementById(name) as HTMLCanvasElement;
    const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, height: canvas.height, data: [...(image?.data ?? [])] };
  }, id);

const computed = (page: Page) =>
  page.waitForFunction(() => document.getElementById('time')?.textContent?.includes('ms'));

const SOBEL_X = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];

/** One output by definition, reflected at the border. */
function sumAt(
  { width, height, data }: Awaited<ReturnType<typeof pixels>>,
  kernel: readonly (readonly number[])[],
  [x, y, c]: readonly [number, number, number],
): number {
  const reflect = (at: number, size: number) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at);
  const middle = (kernel.length - 1) / 2;
  let sum = 0;
  for (const [row, values] of kernel.entries()) {
    for (const [column, value] of values.entries()) {
      const [sx, sy] = [reflect(x + column - middle, width), reflect(y + row - middle, height)];
      sum += value * data[4 * (sy * width + sx) + c];
    }
  }
  return sum;
}

describe('kernels on a picture', () => {
  let session: Session;
  before(async () => {
    session = await start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  });
  after(() => session.close());

  test('every pixel is the sum by definition', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.selectOption('#kernel', 'Sobel x');
    const input = await pixels(page, 'before');
    assert.deepEqual([input.width, input.height], [451, 300]);
    const signed = await pixels(page, 'after');
    await page.selectOption('#look', 'absolute');
    const absolute = await pixels(page, 'after');
    for (let y = 0; y < input.height; y += 13) {
      for (let x = 0; x < input.width; x += 15) {
        for (const c of [0, 1, 2]) {
          const sum = sumAt(input, SOBEL_X, [x, y, c]);
          const at = 4 * (y * input.width + x) + c;
          assert.equal(absolute.data[at], Math.min(255, Math.abs(sum)), `${x}, ${y}, ${c}`);
          const grey = Math.min(255, Math.max(0, 128 + sum / 2));
          assert.ok(Math.abs(signed.data[at] - grey) <= 0.5, `${x}, ${y}, ${c}`);
        }
      }
    }
    assert.match((await page.textContent('#explain')) ?? '', /^n1 g3 c3 f3 i300x451 k3x3 p1x1 reflect\n/);
    assert.match((await page.textContent('#time')) ?? '', /^\d+\.\d\d ms a frame$/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('kernels are written by hand, divided by their sum, and channels are mixed', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.selectOption('#kernel', 'Identity');
    await page.getByLabel('Row 2, column 2').fill('4');
    assert.equal(await page.textContent('#sum'), 'sum 4');
    await page.click('#normalise');
    assert.equal(await page.getByLabel('Row 2, column 2').inputValue(), '1');
    assert.deepEqual((await pixels(page, 'after')).data, (await pixels(page, 'before')).data);

    await page.check('[value="dense"]');
    await page.selectOption('#mix', 'Swap red and blue');
    const [input, output] = [await pixels(page, 'before'), await pixels(page, 'after')];
    assert.deepEqual(output.data.slice(0, 3), input.data.slice(0, 3).reverse());
    assert.match((await page.textContent('#code-torch')) ?? '', /groups=1/);
    assert.match((await page.textContent('#explain')) ?? '', /^n1 g1 c3 f3/);

    await page.selectOption('#kernel', 'Gaussian blur');
    await page.selectOption('#size', '9');
    assert.equal(await page.locator('#grid input').count(), 81);
    assert.match((await page.textContent('#sum')) ?? '', /^sum (1|0\.99\d+|1\.00\d+)$/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('strides and dilations change the size; what convnd refuses is said in its words', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.fill('#stride', '2');
    assert.equal(await page.textContent('#after-size'), '226 × 150');
    await page.fill('#stride', '0');
    assert.match((await page.textContent('#error')) ?? '', /stride/);
    await page.fill('#stride', '1');
    assert.equal(await page.textContent('#error'), '');
    assert.equal(await page.textContent('#after-size'), '451 × 300');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('a picture of the user, and a file that is none', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    const png = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(1000, 500);
      canvas.getContext('2d')?.fillRect(0, 0, 500, 500);
      return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
    });
    const file = { name: 'big.png', mimeType: 'image/png', buffer: Buffer.from(png) };
    await page.setInputFiles('.drop input', file);
    await page.waitForFunction(() => document.getElementById('before-size')?.textContent === '800 × 400');
    await page.setInputFiles('.drop input', { ...file, buffer: Buffer.from('no picture') });
    await page.waitForFunction(() =>
      document.getElementById('error')?.textContent?.includes('cannot read this file as a picture'),
    );
    await page.click('#supplied');
    await page.waitForFunction(() => document.getElementById('before-size')?.textContent === '451 × 300');
    assert.equal(await page.textContent('#error'), '');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the camera, frame by frame', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.click('#camera');
    await page.waitForFunction(() =>
      document.getElementById('rate')?.textContent?.includes('frames a second'),
    );
    assert.equal(await page.textContent('#before-size'), '640 × 480');
    await page.click('#camera');
    assert.equal(await page.textContent('#camera'), 'Use the camera');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('what is refused leaves the page working: its look, another picture, the camera', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.fill('#stride', '0');
    await page.selectOption('#look', 'clipped');
    assert.match((await page.textContent('#error')) ?? '', /stride/);
    await page.click('#camera');
    await page.waitForFunction(() => document.getElementById('before-size')?.textContent === '640 × 480');
    assert.match((await page.textContent('#error')) ?? '', /stride/);
    await page.selectOption('#look', 'signed');
    await page.fill('#stride', '2');
    await page.waitForFunction(() => document.getElementById('after-size')?.textContent === '320 × 240');
    assert.equal(await page.textContent('#error'), '');
    await page.click('#camera');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('a camera that is refused, and one that comes after the user went on', async () => {
    const { page, problems } = await open(session, 'picture.html');
    await computed(page);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await page.click('#camera');
    await page.waitForFunction(() => document.getElementById('error')?.textContent?.includes('not allowed'));

    await page.evaluate(() => {
      const stream = document.createElement('canvas').captureStream();
      navigator.mediaDevices.getUserMedia = () =>
        new Promise((resolve) => {
          Object.assign(globalThis, { stream, allow: () => resolve(stream) });
        });
    });
    await page.click('#camera');
    assert.equal(await page.textContent('#camera'), 'Stop the camera', 'it can be stopped before it starts');
    await page.click('#supplied');
    await page.waitForFunction(() => document.getElementById('camera')?.textContent === 'Use the camera');
    const states = await page.evaluate(async () => {
      const { stream, allow } = globalThis as unknown as { stream: MediaStream; allow: () => void };
      allow();
      await new Promise((resolve) => setTimeout(resolve));
      return stream.getTracks().map(({ readyState }) => readyState);
    });
    assert.deepEqual(states, ['ended']);
    assert.equal(await page.textContent('#camera'), 'Use the camera');
    assert.equal(await page.textContent('#error'), '');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('light, dark and three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await open(session, 'picture.html', { colorScheme });
      await computed(page);
      await page.check('[value="dense"]');
      for (const summary of await page.locator('summary').all()) await summary.click();
      await assertAccessible(page);
      await lookAt(page, `picture-${colorScheme}`);
      assert.deepEqual(problems, []);
      await page.close();
    }
  });
});
