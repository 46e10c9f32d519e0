// Find a pattern: a box on a picture is the pattern, the worker finds similar places, and those are marked.

import supplied from '../../../../examples/data/coins.png?url';
import { busyWhile } from '../../busy.ts';
import { copyButton } from '../../copy.ts';
import { dropZone } from '../../drop.ts';
import { fetchFile } from '../../fetch-file.ts';
import { find } from '../../find.ts';
import { readImage } from '../../image.ts';
import { Newest } from '../../newest.ts';
import { Camera, drawInto } from '../../sources.ts';
import { Standby } from '../../task.ts';
import type { Found, Plane, Search } from '../job.ts';
import { BoxStage, type Mark } from './box-stage.ts';
import { convndCode, opencvCode } from './code.ts';
import { MaskBrush } from './mask-brush.ts';
import { type Box, brightness, cut, isFlat } from './pixels.ts';

/** More would be too many to see. */
const MOST_MATCHES = 100;
/** A coin of the supplied picture. */
const coin: Box = { x: 75, y: 170, width: 55, height: 50 };

export async function startPattern(): Promise<void> {
  const canvas = find<HTMLCanvasElement>('picture');
  const threshold = find<HTMLInputElement>('threshold');
  const showScores = find<HTMLInputElement>('show-scores');
  const camera = new Camera();
  const loading = new Newest();
  const worker = new Standby<Search, Found>(
    () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' }),
  );
  let picture: Plane | undefined;
  let template: Plane | undefined;
  let found: Found | undefined;
  const searches = new Newest();

  const stage = new BoxStage(find('picture-frame'), (box, finished) => {
    takePattern(box);
    if (finished) search();
  });
  const brush = new MaskBrush(find('template'), () => search());
  const say = (words: string) => {
    // not announced to screen readers with every frame
    find('pattern-status').setAttribute('aria-live', camera.running ? 'off' : 'polite');
    find('pattern-status').textContent = words;
  };
  const fail = (error: unknown) => {
    find('pattern-error').textContent = (error as Error).message;
  };

  /** Makes the pixels in a box the pattern, which remains when the picture changes. */
  function takePattern(box: Box): void {
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!picture || !context) return;
    template = cut(picture, box);
    brush.load(context.getImageData(box.x, box.y, box.width, box.height));
    find('template-size').textContent = `${box.width} × ${box.height} pixels`;
    find('pattern-controls').removeAttribute('disabled');
  }

  async function search(): Promise<void> {
    if (!picture || !template) return;
    find('pattern-error').textContent = '';
    const mask = brush.mask;
    if (isFlat(template, mask)) {
      searches.drop();
      found = undefined;
      mark();
      say('All included pixels of this pattern are equal, so it has no matches.');
      return;
    }
    const job: Search = {
      kind: 'search',
      image: picture,
      template,
      mask,
      threshold: Number(threshold.min),
      most: MOST_MATCHES,
      map: showScores.checked,
    };
    await busyWhile(find('matches'), async () => {
      try {
        const result = await searches.run(() => worker.ask(job));
        if (!result) return;
        found = result;
        mark();
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Marks the places above the threshold: the matches for a lower threshold begin with those for a higher one. */
  function mark(): void {
    find('threshold-value').textContent = threshold.valueAsNumber.toFixed(2);
    if (!template) return;
    const [height, width] = template.shape;
    describe(width, height);
    const matches: Mark[] = (found?.matches ?? [])
      .filter(({ score }) => score >= threshold.valueAsNumber)
      .map(({ position: [y, x], score }) => ({ x, y, width, height, score }));
    stage.show(stage.box, matches);
    stage.overlay(showScores.checked ? found?.scores : null, { width, height });
    const rows = matches.map(({ x, y, score }, i) => {
      const row = document.createElement('tr');
      for (const content of [i + 1, x, y, score.toFixed(3)]) {
        const cell = document.createElement('td');
        cell.className = 'number';
        cell.textContent = String(content);
        row.append(cell);
      }
      return row;
    });
    find('matches').replaceChildren(...rows);
    if (!found) return;
    const count = matches.length === 1 ? '1 match' : `${matches.length} matches`;
    const most = matches.length === MOST_MATCHES ? ', the limit for marks' : '';
    say(`${count} of ${threshold.value} or more${most}; found in ${found.milliseconds.toFixed(0)} ms.`);
  }

  function describe(width: number, height: number): void {
    const state = { width, height, masked: brush.mask !== null, threshold: threshold.valueAsNumber };
    find('code-pattern').textContent = convndCode(state);
    find('code-opencv').textContent = opencvCode(state);
  }

  function takePicture(image: ImageData): void {
    picture = brightness(image);
    find('picture-size').textContent = `${image.width} × ${image.height}`;
  }

  /** Another picture: earlier matches do not apply to it. */
  function forget(): void {
    searches.drop();
    template = undefined;
    found = undefined;
    find('pattern-controls').setAttribute('disabled', '');
    find('matches').replaceChildren();
    stage.overlay(null, coin);
  }

  async function takeImage(source: Blob | Promise<Blob>, box?: Box): Promise<void> {
    stopCamera();
    const image = await busyWhile(find('matches'), () => loading.run(async () => readImage(await source)));
    if (!image) return;
    takePicture(drawInto(canvas, image, image.width, image.height));
    image.close();
    forget();
    stage.show(box, []);
    if (!box) {
      say('Drag a box around something that occurs more than once.');
      return;
    }
    takePattern(box);
    await search();
  }

  function stopCamera(): void {
    camera.stop();
    find('pattern-camera').textContent = 'Use the camera';
  }

  async function startCamera(): Promise<void> {
    loading.drop();
    find('pattern-camera').textContent = 'Stop the camera';
    forget();
    stage.show(undefined, []);
    say('Drag a box around something to track it.');
    await camera.start((video) => {
      if (video.videoWidth === 0 || worker.busy) return;
      takePicture(drawInto(canvas, video, video.videoWidth, video.videoHeight));
      search();
    });
  }

  /** Runs something that may fail for external reasons, and shows the error. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    find('pattern-error').textContent = '';
    try {
      await work();
    } catch (error) {
      stopCamera();
      fail(error);
    }
  }

  dropZone(find('pattern-drop'), {
    label: 'Drop a picture here, or choose a file',
    accept: 'image/*',
    take: (file) => attempt(() => takeImage(file)),
  });
  const useSupplied = () => attempt(() => takeImage(fetchFile(supplied), coin));
  find('coins').addEventListener('click', useSupplied);
  find('pattern-camera').addEventListener('click', () =>
    camera.running ? stopCamera() : attempt(startCamera),
  );
  threshold.addEventListener('input', mark);
  showScores.addEventListener('change', search);
  find('brush').addEventListener('change', ({ target }) => {
    brush.counts = (target as HTMLSelectElement).value === 'in';
  });
  find('brush-size').addEventListener('input', ({ target }) => {
    brush.radius = (target as HTMLInputElement).valueAsNumber / 100;
  });
  find('mask-all').addEventListener('click', () => brush.reset('all'));
  find('mask-ellipse').addEventListener('click', () => brush.reset('ellipse'));
  find('copy-pattern').append(copyButton(() => find('code-pattern').textContent ?? ''));
  find('copy-opencv').append(copyButton(() => find('code-opencv').textContent ?? ''));
  await useSupplied();
}
