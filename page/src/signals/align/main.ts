// Line up two recordings: the worker finds the lag, the curve shows it, and both are played as they are or lined up.

import suppliedFirst from '../../../../examples/data/recorder-1.wav?url';
import suppliedSecond from '../../../../examples/data/recorder-2.wav?url';
import { busyWhile } from '../../busy.ts';
import { copyButton } from '../../copy.ts';
import { dropZone } from '../../drop.ts';
import { fetchFile } from '../../fetch-file.ts';
import { find } from '../../find.ts';
import { Newest } from '../../newest.ts';
import { Standby } from '../../task.ts';
import type { Aligned, Alignment } from '../job.ts';
import { drawBoth, drawCurve, placementOf, seconds, wave } from './draw.ts';
import { Ears, type Part } from './ears.ts';
import { decode, Microphone, RATE, type Samples } from './sound.ts';
import { convndCode, inWords, scipyCode } from './words.ts';

const names = ['first', 'second'] as const;
type Name = (typeof names)[number];

/** The width of a peak in samples: a few periods of a voice. */
const PEAK = 0.005 * RATE;
const CURVE_HEIGHT = 150;
const BOTH_HEIGHT = 170;
const WAVE_HEIGHT = 64;

export async function startAlign(): Promise<void> {
  const worker = new Standby<Alignment, Aligned>(
    () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }),
  );
  const ears = new Ears();
  const microphone = new Microphone();
  const recordings: Partial<Record<Name, Samples>> = {};
  const loading: Record<Name, Newest> = { first: new Newest(), second: new Newest() };
  let aligned: Aligned | undefined;
  const alignments = new Newest();

  const say = (words: string) => {
    find('align-status').textContent = words;
  };

  async function attempt(work: () => Promise<void>): Promise<void> {
    find('align-error').textContent = '';
    try {
      await work();
    } catch (error) {
      find('align-error').textContent = (error as Error).message;
    }
  }

  /** Reads a recording, and says whether it was taken. */
  async function take(name: Name, file: Blob | Promise<Blob>, title: string): Promise<boolean> {
    const samples = await loading[name].run(async () => decode(await file));
    if (!samples) return false;
    hush();
    forget();
    recordings[name] = samples;
    find(`${name}-name`).textContent = `${title}, ${seconds(samples.length).toFixed(1)} s`;
    find(`${name}-listen`).removeAttribute('disabled');
    drawTrack(name);
    return true;
  }

  /** Reads recordings and lines them up. What was found for those before is shown as out of date until then. */
  function load(...given: readonly Parameters<typeof take>[]): Promise<void> {
    return busyWhile(find('aligned'), async () => {
      const taken = await Promise.all(given.map((recording) => take(...recording)));
      if (taken.includes(true)) await line();
    });
  }

  function drawTrack(name: Name): void {
    const samples = recordings[name];
    const host = find(`${name}-wave`);
    if (!samples || host.clientWidth === 0) return;
    const width = host.clientWidth;
    host.innerHTML = `<svg viewBox="0 0 ${width} ${WAVE_HEIGHT}" width="${width}" height="${WAVE_HEIGHT}" aria-hidden="true"><path d="${wave(samples, width, 0, WAVE_HEIGHT)}" class="${name === 'first' ? 'one' : 'two'}"/></svg>`;
  }

  /** Discards the result for other recordings, and any that is still being computed. */
  function forget(): void {
    alignments.drop();
    aligned = undefined;
    find('aligned').hidden = true;
    say('');
  }

  /** Requests the lag when both recordings are there. */
  async function line(): Promise<void> {
    const { first, second } = recordings;
    forget();
    if (!first || !second) {
      say('Choose two recordings of the same sound.');
      return;
    }
    say('Correlating …');
    const job = { kind: 'align', first, second, columns: 1200, peakWidth: PEAK } as const;
    const result = await alignments
      .run(() => worker.ask(job))
      .catch((error: Error) => {
        say('');
        throw error;
      });
    if (!result) return;
    aligned = result;
    find('aligned').hidden = false;
    say(inWords(result));
    draw();
  }

  function draw(): void {
    const { first, second } = recordings;
    if (!aligned || !first || !second) return;
    const [curve, both] = [find('curve'), find('both')];
    if (curve.clientWidth === 0) return;
    curve.innerHTML = drawCurve(aligned, curve.clientWidth, CURVE_HEIGHT);
    curve.setAttribute(
      'aria-label',
      `Correlation at each lag, highest at ${seconds(aligned.lag).toFixed(3)} s`,
    );
    const linedUp = isLinedUp();
    const placement = placementOf(first, second, aligned.lag, linedUp);
    both.innerHTML = drawBoth([first, second], placement, both.clientWidth, BOTH_HEIGHT);
    both.setAttribute('aria-label', `Both recordings, ${linedUp ? 'lined up' : 'as they are'}`);
    const lag = aligned.lag;
    find('code-align').textContent = convndCode(lag);
    find('code-align-scipy').textContent = scipyCode(lag);
  }

  const isLinedUp = () => find<HTMLInputElement>('lined-up').checked;

  function hush(): void {
    ears.stop();
    find('listen').textContent = 'Listen';
    for (const name of names) find(`${name}-listen`).textContent = 'Listen';
  }

  /** Plays, or stops what the same button started. */
  async function listen(button: HTMLElement, parts: readonly Part[], playing?: () => void): Promise<void> {
    const stop = button.textContent === 'Stop';
    hush();
    if (stop) return;
    button.textContent = 'Stop';
    await ears.play(parts, hush);
    playing?.();
  }

  /** Moves the playback position through both waves while they play. */
  function follow(): void {
    const line = document.getElementById('playhead');
    const { first, second } = recordings;
    if (!line || !aligned || !first || !second) return;
    const time = ears.time;
    line.setAttribute('visibility', time === undefined ? 'hidden' : 'visible');
    if (time === undefined) return;
    const { from, to } = placementOf(first, second, aligned.lag, true);
    const begin = isLinedUp() ? seconds(from) : 0;
    const x = ((begin + Math.max(0, time) - seconds(from)) / seconds(to - from)) * find('both').clientWidth;
    for (const end of ['x1', 'x2']) line.setAttribute(end, String(x));
    requestAnimationFrame(follow);
  }

  function listenToBoth(): Promise<void> {
    const { first, second } = recordings;
    if (!first || !second || !aligned) return Promise.resolve();
    const later = isLinedUp() ? seconds(aligned.lag) : 0;
    const parts = [
      { samples: first, at: Math.max(0, -later), side: -1 },
      { samples: second, at: Math.max(0, later), side: 1 },
    ];
    return listen(find('listen'), parts, follow);
  }

  async function record(name: Name): Promise<void> {
    if (microphone.recording) {
      microphone.stop();
      return;
    }
    const button = find(`${name}-record`);
    const other = find(`${name === 'first' ? 'second' : 'first'}-record`);
    button.textContent = 'Starting …';
    other.toggleAttribute('disabled', true);
    let sound: Blob;
    try {
      sound = await microphone.record(() => {
        button.textContent = 'Stop recording';
      });
    } finally {
      button.textContent = 'Record';
      other.toggleAttribute('disabled', false);
    }
    await load([name, sound, 'From the microphone']);
  }

  for (const name of names) {
    dropZone(find(`${name}-drop`), {
      label: 'Drop a recording here, or choose a file',
      accept: 'audio/*,video/*',
      take: (file) => attempt(() => load([name, file, file.name])),
    });
    find(`${name}-record`).addEventListener('click', () => attempt(() => record(name)));
    find(`${name}-listen`).addEventListener('click', ({ currentTarget }) => {
      const samples = recordings[name];
      if (samples) attempt(() => listen(currentTarget as HTMLElement, [{ samples, at: 0, side: 0 }]));
    });
  }
  find('listen').addEventListener('click', () => attempt(listenToBoth));
  for (const radio of document.querySelectorAll('[name="placing"]')) {
    radio.addEventListener('change', () => {
      hush();
      draw();
    });
  }
  new ResizeObserver(() => {
    for (const name of names) drawTrack(name);
    draw();
  }).observe(find('align'));
  const useSupplied = () =>
    attempt(() =>
      load(
        ['first', fetchFile(suppliedFirst), 'A reading'],
        ['second', fetchFile(suppliedSecond), 'Another recorder'],
      ),
    );
  find('recordings').addEventListener('click', useSupplied);
  find('copy-align').append(copyButton(() => find('code-align').textContent ?? ''));
  find('copy-align-scipy').append(copyButton(() => find('code-align-scipy').textContent ?? ''));
  await useSupplied();
}
