// Upscale: pixel by pixel what the command line makes of the same picture; progress, cancel, compare, save, refusals.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, plainPicture, type Session, start } from './browser.js';

// the same code, built for the command line
const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const { loadSafetensors, settings, usesRelaxedSimd } = await import(at('dist/index.js').href);
const { upscale } = await import(at('build/examples/tiles.js').href);
const { UpConv7 } = await import(at('build/examples/upconv7.js').href);

const WIDTH = 61;
const HEIGHT = 43;

/** A picture with edges, gradients and colours, without and with opacity. */
function drawn(opaque: boolean) {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    // a canvas forgets the colour of what is not to be seen
    if (opaque || x > 20) data.set([4 * x, (x + y) % 7 < 3 ? 220 : 30, 5 * y, 255], 4 * i);
  }
  return { width: WIDTH, height: HEIGHT, data };
}

/** The picture as a PNG file, by the browser. */
const encoded = async (page: Page, { width, height, data }: ReturnType<typeof drawn>) =>
  Buffer.from(
    await page.evaluate(
      async ([w, h, values]) => {
        const canvas = new OffscreenCanvas(w, h);
        canvas.getContext('2d')?.putImageData(new ImageData(Uint8ClampedArray.from(values), w, h), 0, 0);
        return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
      },
      [width, height, [...data]] as const,
    ),
  );

/** The pixels of a PNG file, by the browser. */
const decoded = (page: Page, png: Buffer) =>
  page.evaluate(
    async (bytes) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
      context?.drawImage(image, 0, 0);
      const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? [];
      return { width: image.width, height: image.height, data: [...pixels] };
    },
    [...png],
  );

const done = (page: Page) => page.waitForSelector('#comparing:not([hidden])');

describe('upscale', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('gives the pixels of the command line', async () => {
    settings.winograd = 'never';
    const network = new UpConv7(loadSafetensors(readFileSync(at('examples/data/upconv7-2x.safetensors'))));
    const { page, problems } = await open(session, 'upscale.html');
    for (const opaque of [true, false]) {
      const picture = drawn(opaque);
      const expected = upscale(network, picture, 96);
      const buffer = await encoded(page, picture);
      await page.setInputFiles('.drop input', { name: 'drawn.png', mimeType: 'image/png', buffer });
      await page.uncheck('#fast');
      await page.click('#start:not([disabled])');
      await done(page);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
      assert.equal(file.suggestedFilename(), 'drawn-2x.png');
      const got = await decoded(page, readFileSync(await file.path()));
      assert.deepEqual([got.width, got.height], [2 * WIDTH, 2 * HEIGHT]);
      // Chromium has relaxed SIMD, whose sums differ in their last bits from those of an engine without
      const most = usesRelaxedSimd() ? 0 : 1;
      // the canvas multiplies colours by the opacity, which loses a bit where it is not full
      for (let i = 0; i < got.data.length; i += 4) {
        const opacity = expected.data[i + 3];
        assert.equal(got.data[i + 3], opacity, `opacity ${i / 4}`);
        if (opacity < 255) continue;
        for (let c = 0; c < 3; c++)
          assert.ok(Math.abs(got.data[i + c] - expected.data[i + c]) <= most, `pixel ${i / 4}, ${c}`);
      }
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('begins with a picture, unless another was chosen before it came', async () => {
    const { page, problems } = await open(session, 'upscale.html');
    const status = (text: string) =>
      page.waitForFunction(
        (wanted) => document.getElementById('status')?.textContent?.startsWith(wanted),
        text,
      );
    await status('chelsea.png: 451 × 300 pixels become 902 × 600.');
    await page.close();

    // with its service worker in between the picture could not be held back
    const { page: other } = await open(session, 'index.html', { serviceWorkers: 'block' });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await other.route('**/chelsea*.png', async (route) => {
      await held;
      await route.continue();
    });
    await other.goto(`${session.address}upscale.html`);
    const buffer = await encoded(other, drawn(true));
    await other.setInputFiles('.drop input', { name: 'drawn.png', mimeType: 'image/png', buffer });
    await other.waitForSelector('#start:not([disabled])');
    const late = other.waitForResponse(/chelsea/);
    release();
    await (await late).finished();
    await other.waitForTimeout(200);
    assert.match((await other.textContent('#status')) ?? '', /^drawn\.png: 61 × 43/);
    assert.deepEqual(problems, []);
    await other.close();
  });

  test('shows progress, is cancelled at once, and starts again', async () => {
    const { page, problems } = await open(session, 'upscale.html');
    // so large that it does not end before it is cancelled
    await page.setInputFiles('.drop input', await plainPicture(page, 2000, 1500));
    await page.click('#start:not([disabled])');
    await page.waitForFunction(() =>
      /^[1-9]\d* % on \d+ threads?, \d+ s left$/.test(document.getElementById('status')?.textContent ?? ''),
    );
    await page.click('#cancel');
    assert.equal(await page.textContent('#status'), 'Cancelled.');
    assert.ok(await page.isHidden('#progress'));
    assert.ok(await page.isEnabled('#start'));
    await page.click('#supplied');
    await page.click('#start:not([disabled])');
    await done(page);
    assert.match((await page.textContent('#status')) ?? '', /^Done in \d+\.\d s on \d+ threads?, /);
    await page.focus('#slider');
    await page.keyboard.press('End');
    assert.equal(
      await page.evaluate(() => document.getElementById('before')?.style.clipPath),
      'inset(0px 0% 0px 0px)',
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.equal(
      await page.evaluate(() => document.getElementById('before')?.style.clipPath),
      'inset(0px 99% 0px 0px)',
    );
    await page.fill('#slider', '50');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await assertAccessible(page);
    }
    await lookAt(page, 'upscale');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('says why it does not take a file', async () => {
    const { page, problems } = await open(session, 'upscale.html');
    const error = () => page.textContent('#error');
    await page.setInputFiles('.drop input', {
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.from('none'),
    });
    await page.waitForFunction(() => document.getElementById('error')?.textContent);
    assert.match((await error()) ?? '', /cannot read this file as a picture/);
    const wide = Buffer.from(
      await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(5000, 1000);
        canvas.getContext('2d')?.fillRect(0, 0, 9, 9);
        const blob = await canvas.convertToBlob();
        return [...new Uint8Array(await blob.arrayBuffer())];
      }),
    );
    await page.setInputFiles('.drop input', { name: 'wide.png', mimeType: 'image/png', buffer: wide });
    await page.waitForFunction(() => document.getElementById('error')?.textContent?.includes('5 megapixels'));
    assert.ok(await page.isDisabled('#start'));
    await assertAccessible(page);
    assert.deepEqual(problems, []);
    await page.close();
  });
});
