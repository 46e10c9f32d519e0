// Signals, find a pattern: matches and scores against the same search in Node; box, threshold, mask, camera, what goes wrong.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, settled, start } from './browser.js';

// the same code, built for the command line
const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const { findMatches } = await import(at('dist/match.js').href);
const { readPicture } = await import(at('build/examples/picture.js').href);

const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
/** Waits until the last search has ended, with so many matches. */
async function searched(page: Page, count = '\\d+'): Promise<void> {
  await settled(page, 'matches');
  assert.match(await text(page, 'pattern-status'), new RegExp(`^${count} match.* ms\\.$`));
}

/** Waits until the best match begins at a place, give or take what a moving picture's codec and a drag round away. */
const foundNear = (page: Page, left: number, top: number) =>
  page.waitForFunction(
    ([left, top]) => {
      const [, x, y] = [...document.querySelectorAll('#matches tr:first-child td')].map(({ textContent }) =>
        Number(textContent),
      );
      return Math.abs(x - left) <= 4 && Math.abs(y - top) <= 4;
    },
    [left, top],
  );

/** The rows of the table: left, top, score. */
const listed = async (page: Page) =>
  (await page.locator('#matches tr').allInnerTexts()).map((row) => row.split(/\s+/).slice(1).map(Number));

const coins = readPicture(at('examples/data/coins.png').pathname);
const [WIDTH, HEIGHT] = [coins.width, coins.height];
const image = {
  data: Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => coins.data[4 * i]),
  shape: [HEIGHT, WIDTH],
};

/** What Node finds for a box of the coins. */
function found(
  box: { x: number; y: number; width: number; height: number },
  threshold: number,
  counts?: (x: number, y: number) => boolean,
) {
  const { x, y, width, height } = box;
  const pixel = (i: number) => image.data[(y + Math.floor(i / width)) * WIDTH + x + (i % width)];
  const shape = [height, width];
  const template = { data: Float32Array.from({ length: width * height }, (_, i) => pixel(i)), shape };
  const weight = (i: number) => (counts?.(i % width, Math.floor(i / width)) === false ? 0 : 1);
  const mask = { data: Float32Array.from({ length: width * height }, (_, i) => weight(i)), shape };
  const matches = findMatches(image, template, { threshold, ...(counts ? { mask } : {}) });
  return matches.map(({ position: [top, left], score }: { position: number[]; score: number }) => [
    left,
    top,
    Number(score.toFixed(3)),
  ]);
}

const COIN = { x: 75, y: 170, width: 55, height: 50 };

const setThreshold = (page: Page, value: number) =>
  page.locator('#threshold').evaluate((input, to) => {
    (input as HTMLInputElement).value = String(to);
    input.dispatchEvent(new Event('input'));
  }, value);

/** A PNG file by the browser. */
const file = async (page: Page, name: string, width: number, height: number, draw: string) => ({
  name,
  mimeType: 'image/png',
  buffer: Buffer.from(
    await page.evaluate(
      async ([width, height, draw]) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        for (const [colour, ...rect] of JSON.parse(draw)) {
          context.fillStyle = colour;
          context.fillRect(...(rect as [number, number, number, number]));
        }
        return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
      },
      [width, height, draw] as const,
    ),
  ),
});

describe('signals: find a pattern', () => {
  let session: Session;
  before(async () => {
    session = await start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  });
  after(() => session.close());

  test('a coin among coins: the same places and scores as in Node, at any threshold', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    const matches = await listed(page);
    assert.deepEqual(matches[0], [75, 170, 1]);
    assert.deepEqual(matches, found(COIN, 0.7));
    assert.equal(await page.locator('#marks .match').count(), matches.length);

    await setThreshold(page, 0.9);
    await searched(page, '1');
    assert.deepEqual(await listed(page), found(COIN, 0.9));
    await setThreshold(page, 0.5);
    assert.deepEqual(await listed(page), found(COIN, 0.5));
    assert.match(await text(page, 'code-pattern'), /threshold: 0\.5 }/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('a box is dragged, and moved and sized by keys', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    const frame = await page.locator('#picture').boundingBox();
    assert.ok(frame);
    const scale = frame.width / WIDTH;
    const to = (x: number, y: number) => [frame.x + x * scale, frame.y + y * scale] as const;
    await page.mouse.move(...to(20, 30));
    await page.mouse.down();
    await page.mouse.move(...to(60, 70), { steps: 3 });
    await page.mouse.up();
    assert.equal(await text(page, 'template-size'), '40 × 40 pixels');
    const box = { x: 20, y: 30, width: 40, height: 40 };
    await searched(page);
    assert.deepEqual(await listed(page), found(box, 0.7));

    await page.focus('#picture-frame');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    assert.equal(await text(page, 'template-size'), '44 × 40 pixels');
    await searched(page);
    assert.deepEqual(await listed(page), found({ x: 24, y: 31, width: 44, height: 40 }, 0.7));
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('a mask leaves out pixels: by ellipse, by pointer and by keys', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    const plain = await listed(page);
    await page.click('#mask-ellipse');
    await searched(page);
    const { width, height } = COIN;
    const inside = (x: number, y: number) =>
      ((2 * x + 1) / width - 1) ** 2 + ((2 * y + 1) / height - 1) ** 2 <= 1;
    assert.deepEqual(await listed(page), found(COIN, 0.7, inside));
    assert.match(await text(page, 'code-opencv'), /mask=mask/);

    await page.click('#mask-all');
    await searched(page);
    assert.deepEqual(await listed(page), plain);

    const brushed = () =>
      page.locator('#template').evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context?.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const data = context?.getImageData(0, 0, width, height).data ?? [];
        let coloured = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i] !== data[i + 2] && data[i] > data[i + 2] + 80) coloured++;
        return coloured;
      });
    assert.equal(await brushed(), 0);
    const box = await page.locator('#template').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.5 * box.height, { steps: 5 });
    await page.mouse.up();
    const byPointer = await brushed();
    assert.ok(byPointer > 20, `${byPointer} pixels`);
    await page.focus('#template');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', ' '])
      await page.keyboard.press(key);
    assert.ok((await brushed()) > byPointer, 'the keys paint');
    await settled(page, 'matches');
    assert.match(await text(page, 'code-pattern'), /mask/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('scores lie over the picture, one for each place of the pattern’s middle', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    assert.equal(await page.isVisible('#scores'), false);
    await page.check('#show-scores');
    await searched(page);
    assert.ok(await page.isVisible('#scores'));
    const size = await page.locator('#scores').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      return [width, height, context?.getImageData(75, 170, 1, 1).data[3] ?? 0];
    });
    assert.deepEqual(size, [WIDTH - COIN.width + 1, HEIGHT - COIN.height + 1, 240]);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('a picture of the user, one without detail, and a file that is none', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    const draw = [
      ['#888', 0, 0, 200, 100],
      ['#fff', 30, 30, 8, 8],
      ['#fff', 130, 60, 8, 8],
    ];
    await page.setInputFiles(
      '#pattern-drop input',
      await file(page, 'two.png', 200, 100, JSON.stringify(draw)),
    );
    await settled(page, 'matches');
    assert.equal(await text(page, 'picture-size'), '200 × 100');
    assert.match(await text(page, 'pattern-status'), /^Drag a box/);
    assert.deepEqual(await listed(page), []);
    const frame = await page.locator('#picture').boundingBox();
    assert.ok(frame);
    const to = (x: number, y: number) =>
      [frame.x + (x / 200) * frame.width, frame.y + (y / 100) * frame.height] as const;
    const drag = async (from: readonly [number, number], end: readonly [number, number]) => {
      await page.mouse.move(...to(...from));
      await page.mouse.down();
      await page.mouse.move(...to(...end));
      await page.mouse.up();
    };
    await drag([26, 26], [42, 42]);
    await searched(page, '2');
    assert.deepEqual(await listed(page), [
      [26, 26, 1],
      [126, 56, 1],
    ]);
    await drag([80, 10], [110, 30]);
    await settled(page, 'matches');
    assert.match(await text(page, 'pattern-status'), /no matches/);
    assert.deepEqual(await listed(page), []);

    const none = { name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.setInputFiles('#pattern-drop input', none);
    await settled(page, 'matches');
    assert.match(await text(page, 'pattern-error'), /cannot read this file as a picture/);
    await page.click('#coins');
    await searched(page);
    assert.equal(await text(page, 'pattern-error'), '');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the camera: what a box held is followed', async () => {
    const { page, problems } = await open(session, 'signals.html#pattern');
    await searched(page);
    // a camera whose picture is known: a square on noise, which the test moves
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas to draw on');
      const square = { x: 260, y: 200 };
      for (let i = 0; i < 4800; i++) {
        context.fillStyle = `hsl(0 0% ${(i * 2654435761) % 40}%)`;
        context.fillRect((i % 80) * 8, Math.floor(i / 80) * 8, 8, 8);
      }
      const background = context.getImageData(0, 0, 640, 480);
      setInterval(() => {
        context.putImageData(background, 0, 0);
        context.fillStyle = '#fff';
        context.fillRect(square.x, square.y, 64, 48);
      }, 50);
      Object.assign(globalThis, { square });
      navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
    });
    await page.click('#pattern-camera');
    await page.waitForFunction(() => document.getElementById('picture-size')?.textContent === '640 × 480');
    const frame = await page.locator('#picture').boundingBox();
    assert.ok(frame);
    const to = (x: number, y: number) =>
      [frame.x + (x / 640) * frame.width, frame.y + (y / 480) * frame.height] as const;
    await page.mouse.move(...to(250, 190));
    await page.mouse.down();
    await page.mouse.move(...to(334, 258));
    await page.mouse.up();
    await foundNear(page, 250, 190);
    await page.evaluate(() => {
      const { square } = globalThis as unknown as { square: { x: number; y: number } };
      Object.assign(square, { x: 420, y: 320 });
    });
    await foundNear(page, 410, 310);
    await page.click('#pattern-camera');
    assert.equal(await text(page, 'pattern-camera'), 'Use the camera');

    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    });
    await page.click('#pattern-camera');
    await page.waitForFunction(() =>
      document.getElementById('pattern-error')?.textContent?.includes('not allowed'),
    );
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('light, dark and three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await open(session, 'signals.html#pattern', { colorScheme });
      await searched(page);
      for (const summary of await page.locator('#pattern summary').all()) await summary.click();
      await page.click('#mask-ellipse');
      await page.check('#show-scores');
      await searched(page);
      await assertAccessible(page);
      await lookAt(page, `signals-pattern-${colorScheme}`);
      assert.deepEqual(problems, []);
      await page.close();
    }
  });
});
