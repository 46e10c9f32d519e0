// Brain: a small volume against the same network in Node, the supplied one against PyTorch's volumes, the linked views,
// cancelling, the file of labels, and files that are none.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, start } from './browser.js';

// the same code, built for the command line
const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const { loadSafetensors } = await import(at('dist/index.js').href);
const { argmax, MeshNet } = await import(at('build/examples/meshnet.js').href);
const { volumeOf } = await import(at('build/examples/nifti.js').href);

const data = (name: string) => readFileSync(at(`examples/data/${name}`));
const ready = (page: Page) => page.waitForSelector('#start:enabled');
const done = (page: Page) => page.waitForSelector('#found:not([hidden])');
const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';

/** 48³ voxels of the supplied volume, in a file of their own: x backwards, 2 mm along z. */
function crop(): Buffer {
  const whole = gunzipSync(data('t1_crop.nii.gz'));
  const header = Buffer.from(whole.subarray(0, 352));
  for (const axis of [1, 2, 3]) header.writeInt16LE(48, 40 + 2 * axis);
  header.writeFloatLE(2, 76 + 4 * 3);
  header.writeFloatLE(352, 108);
  header.writeInt16LE(0, 252); // only the matrix says how it lies
  header.writeInt16LE(1, 254);
  for (const [i, value] of [-1, 0, 0, 24, 0, 1, 0, -24, 0, 0, 2, -48].entries()) {
    header.writeFloatLE(value, 280 + 4 * i);
  }
  const offset = whole.readFloatLE(108);
  const rows: Buffer[] = [header];
  for (let z = 100; z < 148; z++) {
    for (let y = 100; y < 148; y++) {
      const from = offset + (z * 256 + y) * 256 + 80;
      rows.push(whole.subarray(from, from + 48));
    }
  }
  return Buffer.concat(rows);
}

/** What `npm start` would find in a file. */
function labelsInNode(file: Buffer): Uint8Array {
  const { data: voxels, shape } = volumeOf('crop.nii', new Uint8Array(file).buffer);
  const network = new MeshNet(loadSafetensors(data('meshnet-gwm.safetensors')));
  return argmax(network.forward({ data: voxels, shape: [1, 1, ...shape] }));
}

async function downloaded(page: Page): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

const give = (page: Page, name: string, buffer: Buffer) =>
  page.setInputFiles('#drop input', { name, mimeType: 'application/gzip', buffer });

describe('brain', () => {
  let session: Session;
  before(async () => {
    session = await start();
  });
  after(() => session.close());

  test('a small volume: the labels of Node, volumes, views that move together, the file of labels', async () => {
    const { page, problems } = await open(session, 'brain.html', { colorScheme: 'dark' });
    const file = crop();
    await give(page, 'crop.nii.gz', gzipSync(file));
    await page.waitForFunction(() => document.getElementById('about')?.textContent?.startsWith('crop'));
    assert.match(
      await text(page, 'about'),
      /^crop\.nii\.gz: 48 × 48 × 48 voxels of 1 × 1 × 2 mm\. .*less\.$/,
    );
    const need =
      /^Memory needed: (\d+) MB \(hidden tensors (\d+) MB, scratch (\d+) MB, volume and labels \d+ MB\)\.$/;
    const [, , hidden, work] = need.exec(await text(page, 'need')) ?? [];
    assert.equal(Number(hidden), Math.round((5 * 4 * 48 ** 3) / 1e6));

    await ready(page);
    await page.evaluate(() => {
      const status = document.getElementById('status') as HTMLElement;
      const said: string[] = [];
      Object.assign(globalThis, { said });
      new MutationObserver(() => said.push(status.textContent ?? '')).observe(status, { childList: true });
    });
    await page.click('#start');
    await done(page);
    const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
    for (let layer = 1; layer <= 10; layer++) {
      assert.ok(
        said.some((words) => words.startsWith(`Layer ${layer} of 10 (`)),
        `layer ${layer} was told`,
      );
    }
    assert.ok(
      said.some((words) =>
        /^Layer 5 of 10 \(3 × 3 × 3, dilation 16\) on \d+ threads?, about \d+ (s|min) left$/.test(words),
      ),
    );
    const [, used] = /Done in [\d.]+ s on \d+ threads?, with (\d+) MB/.exec(await text(page, 'status')) ?? [];
    const told = Number(hidden) + Number(work);
    // what is told has room for outputs that wait, which a volume of one block does not need
    assert.ok(Number(used) <= told + 4 && Number(used) > told / 3, `${used} MB used, ${told} MB told`);

    const expected = labelsInNode(file);
    const { name, bytes } = await downloaded(page);
    assert.equal(name, 'crop-labels.nii.gz');
    const labels = gunzipSync(bytes);
    assert.equal(labels.length, 352 + 48 ** 3);
    assert.deepEqual(labels.subarray(280, 328), file.subarray(280, 328), 'the matrix of the volume');
    assert.deepEqual(new Uint8Array(labels.subarray(352)), expected);
    const share = (label: number) => expected.filter((value) => value === label).length;
    assert.ok(share(1) > 5000 && share(2) > 5000);
    for (const [row, label] of [1, 2].entries()) {
      const cells = await page.locator('#volumes tr').nth(row).locator('td').allTextContents();
      assert.deepEqual(cells, [
        `${((share(label) * 2) / 1000).toFixed(1)} ml`,
        `${share(label).toLocaleString('en')} voxels`,
      ]);
    }

    // x runs to the left in this file: its index is that from the right; y and z are counted from their ends
    const names = ['background', 'white matter', 'grey matter'];
    const voxelAt = ([right, front, crown]: number[]) =>
      `Voxel [${right}, ${47 - front}, ${47 - crown}] of the file: ${
        names[expected[((47 - crown) * 48 + (47 - front)) * 48 + right]]
      }`;
    assert.equal(await text(page, 'where'), voxelAt([24, 24, 24]));
    const axial = page.locator('[data-plane="axial"] .slice');
    await axial.focus();
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowDown', 'Shift+ArrowUp'])
      await page.keyboard.press(key);
    assert.equal(await text(page, 'where'), voxelAt([22, 15, 24]));
    await page.focus('#axial-slice');
    await page.keyboard.press('ArrowRight');
    assert.equal(await text(page, 'where'), voxelAt([22, 15, 25]));
    assert.equal(await page.inputValue('#sagittal-slice'), '22');
    assert.equal(await page.inputValue('#coronal-slice'), '15');
    await axial.focus();
    await page.keyboard.press('PageUp');
    assert.equal(await text(page, 'where'), voxelAt([22, 15, 24]));
    await axial.hover();
    await page.mouse.wheel(0, 100);
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('#axial-slice')?.value === '25',
    );
    const coronal = page.locator('[data-plane="coronal"] .slice');
    const { width, height } = (await coronal.boundingBox()) ?? { width: 0, height: 0 };
    assert.ok(Math.abs(height / width - 2) < 0.05, 'voxels of 2 mm along z');
    await coronal.click({ position: { x: (width * 30.5) / 48, y: (height * 10.5) / 48 } });
    assert.equal(await text(page, 'where'), voxelAt([30, 15, 10]));

    // with opaque colours, each pixel of the axial view is the colour of its label
    await page.focus('#opacity');
    await page.keyboard.press('End');
    const pixels = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              const canvas = document.querySelector<HTMLCanvasElement>('[data-plane="axial"] canvas');
              resolve([...(canvas?.getContext('2d')?.getImageData(0, 0, 48, 48).data ?? [])]);
            }),
          );
        }),
    );
    const colours = [undefined, '255,196,77', '72,149,239'];
    for (let row = 0; row < 48; row++) {
      for (let column = 0; column < 48; column++) {
        const label = expected[((47 - 10) * 48 + (47 - row)) * 48 + column];
        const pixel = pixels.slice(4 * (row * 48 + column), 4 * (row * 48 + column) + 3);
        if (label > 0) assert.equal(pixel.join(), colours[label]);
        else assert.ok(pixel[0] === pixel[1] && pixel[1] === pixel[2]);
      }
    }
    await assertAccessible(page);
    await page.click('#theme');
    await assertAccessible(page);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the supplied MRI: memory told, cancelled at once, then the volumes that PyTorch finds', async () => {
    const { page, problems } = await open(session, 'brain.html');
    await ready(page);
    assert.match(await text(page, 'about'), /^t1_crop\.nii\.gz: 256 × 256 × 256 voxels of 1 × 1 × 1 mm\.$/);
    assert.match(await text(page, 'need'), /^Memory needed: 4\d\d MB \(hidden tensors 336 MB/);
    await page.click('#start');
    // the second or a later one: a page that is slow to look may miss the second
    await page.waitForFunction(() =>
      /^Layer ([2-9]|10) of/.test(document.getElementById('status')?.textContent ?? ''),
    );
    assert.equal(await page.locator('#start').isDisabled(), true);
    await page.click('#cancel');
    await ready(page);
    assert.equal(await text(page, 'status'), 'Cancelled.');

    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('status')?.textContent?.startsWith('Layer'));
    await page.focus('#coronal-slice');
    await page.keyboard.press('ArrowLeft'); // the views answer while the layers run
    assert.match(await text(page, 'where'), /^Voxel \[\d+, \d+, \d+\] of the file$/);
    await done(page);
    const cells = await page.locator('#volumes td:first-of-type').allTextContents();
    assert.deepEqual(cells, ['518.5 ml', '735.2 ml']);
    const expected = gunzipSync(data('meshnet-gwm.labels.u8.gz'));
    const labels = gunzipSync((await downloaded(page)).bytes).subarray(352);
    let different = 0;
    for (let i = 0; i < expected.length; i++) if (labels[i] !== expected[i]) different++;
    assert.ok(different <= 174, `${different} voxels differ from PyTorch`);
    await lookAt(page, 'brain');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('files that are no volume get one sentence', async () => {
    const { page, problems } = await open(session, 'brain.html');
    const file = crop();
    const film = Buffer.from(file);
    film.writeInt16LE(4, 40);
    film.writeInt16LE(7, 48);
    const huge = Buffer.from(file);
    for (const axis of [1, 2, 3]) huge.writeInt16LE(600, 40 + 2 * axis);
    const cases: [string, Buffer, RegExp][] = [
      ['text.nii', Buffer.from('once upon a time'), /^text\.nii is not a NIfTI file \(\.nii or \.nii\.gz\)$/],
      ['cut.nii.gz', gzipSync(file).subarray(0, 5000), /^cut\.nii\.gz cannot be unpacked: .*truncated$/],
      ['short.nii', file.subarray(0, 9000), /^short\.nii is cut off: voxels of 110592 bytes/],
      ['film.nii', film, /^film\.nii must hold one volume in three dimensions, got 48 × 48 × 48 × 7$/],
    ];
    for (const [name, bytes, sentence] of cases) {
      await give(page, name, bytes);
      await page.waitForFunction(
        (start) => document.getElementById('error')?.textContent?.startsWith(start),
        name,
      );
      assert.match(await text(page, 'error'), sentence);
      assert.equal(await page.locator('#start').isDisabled(), true);
      assert.equal(await page.locator('#result').isVisible(), false);
    }
    await assertAccessible(page);
    await give(page, 'huge.nii.gz', gzipSync(Buffer.concat([huge.subarray(0, 352), Buffer.alloc(600 ** 3)])));
    await page.waitForFunction(() => document.getElementById('need')?.textContent?.includes('too large'));
    assert.match(
      await text(page, 'need'),
      /need 4,[34]\d\d MB of WebAssembly memory, which has at most 4,295 MB\.$/,
    );
    assert.equal(await page.locator('#start').isDisabled(), true);
    assert.deepEqual(problems, []);
    await page.close();
  });
});
