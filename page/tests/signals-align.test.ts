// Signals, line up sounds: lags against known ones, the microphone, listening, what goes wrong.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, lookAt, open, type Session, settled, start } from './browser.js';

// what `npm run align` computes, in float64
const { align } = await import(new URL('../../build/examples/alignment.js', import.meta.url).href);

const RATE = 16_000;

const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
const says = (page: Page, id: string, words: string) =>
  page.waitForFunction(([id, words]) => document.getElementById(id)?.textContent?.includes(words), [
    id,
    words,
  ] as const);

/** Samples as a WAV file of 16 bits. */
function wav(samples: readonly number[], name = 'made.wav') {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF');
  file.writeUInt32LE(36 + 2 * samples.length, 4);
  file.write('WAVEfmt ', 8);
  for (const [at, value, bytes] of [
    [16, 16, 4],
    [20, 1, 2],
    [22, 1, 2],
    [24, RATE, 4],
    [28, 2 * RATE, 4],
    [32, 2, 2],
    [34, 16, 2],
  ])
    file.writeUIntLE(value, at, bytes);
  file.write('data', 36);
  file.writeUInt32LE(2 * samples.length, 40);
  for (const [i, value] of samples.entries()) file.writeInt16LE(value, 44 + 2 * i);
  return { name, mimeType: 'audio/wav', buffer: file };
}

/** Whole numbers from −3000 to 3000 that look like noise. */
function noise(length: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (state % 6001) - 3000;
  });
}

/** Waits until what was found is about the recordings that were last given. */
async function aligned(page: Page): Promise<void> {
  await settled(page, 'aligned');
  assert.ok(await page.isVisible('#aligned'), await text(page, 'align-error'));
}

async function give(page: Page, first: readonly number[], second: readonly number[]): Promise<void> {
  await page.setInputFiles('#first-drop input', wav(first, 'one.wav'));
  await page.setInputFiles('#second-drop input', wav(second, 'two.wav'));
  await aligned(page);
  assert.match(await text(page, 'first-name'), /^one\.wav/);
  assert.match(await text(page, 'second-name'), /^two\.wav/);
}

describe('signals: line up sounds', () => {
  let session: Session;
  before(async () => {
    session = await start(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  });
  after(() => session.close());

  test('one reading by two recorders: the second began 0.65 s later', async () => {
    const { page, problems } = await open(session, 'signals.html#align');
    await aligned(page);
    const words = await text(page, 'align-status');
    assert.match(words, /^The second began 0\.650 s after the first: lag 10400 at 16 kHz\./);
    const [, score, elsewhere] = words.match(/Score (0\.\d+), elsewhere at most (0\.\d+)/) ?? [];
    // over the samples as they were recorded, at 8 kHz, they are 0.666 and 0.187
    assert.ok(Math.abs(Number(score) - 0.666) < 0.01, words);
    assert.ok(Math.abs(Number(elsewhere) - 0.187) < 0.02, words);
    assert.equal(await text(page, 'first-name'), 'A reading, 5.3 s');
    assert.match((await page.getAttribute('#curve', 'aria-label')) ?? '', /highest at 0\.650 s/);
    assert.match(await text(page, 'code-align-scipy'), /# 10400$/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('lags are exact, either way; what is not alike is said to be so', async () => {
    const { page, problems } = await open(session, 'signals.html#align');
    await aligned(page);
    const sound = noise(24_000, 9);
    for (const [first, second, lag, begins] of [
      [sound.slice(1234), sound.slice(0, 20_000), '−1234', 'The second began 0.077 s before the first'],
      [sound, sound.slice(4001), '4001', 'The second began 0.250 s after the first'],
      [sound, sound, '0', 'Both began at the same time'],
    ] as const) {
      await give(page, first, second);
      const recordings = [first, second].map((samples) => ({
        samples: Float32Array.from(samples),
        rate: RATE,
      }));
      const { coefficient, elsewhere } = align(...recordings);
      assert.ok(
        (await text(page, 'align-status')).startsWith(
          `${begins}: lag ${lag} at 16 kHz. Score ${coefficient.toFixed(3)}, elsewhere at most ${elsewhere.toFixed(3)};`,
        ),
        await text(page, 'align-status'),
      );
    }
    await give(page, sound, noise(24_000, 321));
    assert.match(await text(page, 'align-status'), /No lag stands out/);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('both are heard, as they are and lined up, and each alone', async () => {
    const { page, problems } = await open(session, 'signals.html#align');
    await aligned(page);
    const starts = () =>
      page
        .locator('#both path')
        .evaluateAll((paths) => paths.map((path) => path.getBoundingClientRect().left));
    const [first, second] = await starts();
    const width = (await page.locator('#both').boundingBox())?.width ?? 0;
    assert.ok(Math.abs(second - first - (10_400 / 84_800) * width) < 2, 'the second begins later');
    await page.check('#as-they-are');
    const [before, same] = await starts();
    assert.ok(Math.abs(before - same) < 1, 'both begin together');

    // so long that it does not end before it is stopped
    const long = noise(100 * RATE, 7);
    await give(page, long, long);
    await page.click('#listen');
    assert.equal(await text(page, 'listen'), 'Stop');
    await page.waitForFunction(() => {
      const line = document.getElementById('playhead');
      return line?.getAttribute('visibility') === 'visible' && Number(line.getAttribute('x1')) > 2;
    });
    await page.click('#listen');
    assert.equal(await text(page, 'listen'), 'Listen');

    const sound = noise(4000, 5);
    await give(page, sound, sound.slice(400));
    for (const id of ['listen', 'first-listen', 'second-listen']) {
      const pressed = await page.locator(`#${id}`).evaluate((button) => {
        (button as HTMLButtonElement).click();
        return button.textContent; // at once: the sound may end before a second look
      });
      assert.equal(pressed, 'Stop');
      await page.waitForFunction((id) => document.getElementById(id)?.textContent === 'Listen', id);
    }
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('the microphone, and one that is refused', async () => {
    const { page, problems } = await open(session, 'signals.html#align');
    await aligned(page);
    // in pieces, so that the test sees when there is something to hear
    await page.evaluate(() => {
      const { start } = MediaRecorder.prototype;
      MediaRecorder.prototype.start = function (this: MediaRecorder) {
        this.addEventListener('dataavailable', ({ data }) => {
          document.body.dataset.recorded = String(Number(document.body.dataset.recorded ?? 0) + data.size);
        });
        start.call(this, 100);
      };
    });
    await page.click('#second-record');
    await says(page, 'second-record', 'Stop recording');
    assert.equal(await page.isDisabled('#first-record'), true);
    await page.waitForFunction(() => Number(document.body.dataset.recorded) > 10_000);
    await page.click('#second-record');
    await says(page, 'second-name', 'From the microphone');
    assert.equal(await text(page, 'second-record'), 'Record');
    await aligned(page);
    assert.match(await text(page, 'align-status'), /Score/);

    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
    });
    await page.click('#first-record');
    await says(page, 'align-error', 'No microphone was found.');
    assert.equal(await text(page, 'first-record'), 'Record');
    assert.equal(await page.isDisabled('#second-record'), false);
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('what is no recording, is silent or too long is refused in words', async () => {
    const { page, problems } = await open(session, 'signals.html#align');
    await aligned(page);
    const none = { name: 'none.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') };
    await page.setInputFiles('#first-drop input', none);
    await says(page, 'align-error', 'cannot read this file as a recording');
    assert.equal(await text(page, 'first-name'), 'A reading, 5.3 s', 'the last one stays');
    await page.setInputFiles('#first-drop input', wav(Array(121 * RATE).fill(0)));
    await says(page, 'align-error', 'lasts 121 s; the limit is 120 s');
    await page.setInputFiles('#first-drop input', wav(Array(3000).fill(0)));
    await settled(page, 'aligned');
    assert.match(await text(page, 'align-error'), /entirely silent/);
    assert.equal(await page.isVisible('#aligned'), false);
    await page.click('#recordings');
    await aligned(page);
    assert.equal(await text(page, 'align-error'), '');
    assert.deepEqual(problems, []);
    await page.close();
  });

  test('light, dark and three widths', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await open(session, 'signals.html#align', { colorScheme });
      await aligned(page);
      for (const summary of await page.locator('#align summary').all()) await summary.click();
      await assertAccessible(page);
      await lookAt(page, `signals-align-${colorScheme}`);
      assert.deepEqual(problems, []);
      await page.close();
    }
  });
});
