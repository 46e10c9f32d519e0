// Upscale: a worker doubles a picture, which is then compared with the browser's enlargement.

import '../shell.ts';
import '../isolation.ts';
import './upscale.css';
import supplied from '../../../examples/data/chelsea.png?url';
import type { Picture } from '../../../examples/pixels.ts';
import { download } from '../download.ts';
import { dropZone } from '../drop.ts';
import { fetchFile } from '../fetch-file.ts';
import { find } from '../find.ts';
import { readImage } from '../image.ts';
import { onThreads } from '../numbers.ts';
import { runTask, type Task } from '../task.ts';
import type { Job, Progress } from './worker.ts';

/** Larger pictures would take many minutes. */
const MOST_PIXELS = 4e6;

const before = find<HTMLCanvasElement>('before');
const after = find<HTMLCanvasElement>('after');
const slider = find<HTMLInputElement>('slider');
let picture: ImageData | undefined;
let name = 'picture';
let task: Task<Picture> | undefined;
/** Counts pictures: one that loads more slowly than the next is dropped. */
let asked = 0;

const context = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const found = canvas.getContext('2d', { willReadFrequently: canvas === before });
  if (!found) throw new Error('This browser provides no 2-D canvas.');
  return found;
};

/** Reads a picture, shows it at twice its size, and describes what will be done. */
async function take(source: Blob | Promise<Blob>, title: string): Promise<void> {
  const request = ++asked;
  cancel();
  picture = undefined;
  find('error').textContent = '';
  find('start').setAttribute('disabled', '');
  find('result').hidden = true;
  try {
    const image = await readImage(await source);
    if (request !== asked) {
      image.close();
      return;
    }
    const { width, height } = image;
    if (width * height > MOST_PIXELS) {
      throw new Error(
        `This picture has ${(width * height) / 1e6} megapixels (${width} × ${height}); the limit is ${MOST_PIXELS / 1e6}.`,
      );
    }
    Object.assign(before, { width, height });
    context(before).drawImage(image, 0, 0);
    picture = context(before).getImageData(0, 0, width, height);
    Object.assign(before, { width: 2 * width, height: 2 * height });
    Object.assign(after, { width: 2 * width, height: 2 * height });
    // the slider below stays visible
    find('compare').style.width = `min(${2 * width}px, ${Math.round((58 * width) / height)}vh)`;
    context(before).imageSmoothingQuality = 'high';
    context(before).drawImage(image, 0, 0, 2 * width, 2 * height);
    image.close();
    name = title.replace(/\.\w+$/, '');
    find('comparing').hidden = true;
    find('edge').hidden = true;
    before.style.clipPath = '';
    find('result').hidden = false;
    find('start').removeAttribute('disabled');
    find('status').textContent = `${title}: ${width} × ${height} pixels become ${2 * width} × ${2 * height}.`;
  } catch (error) {
    if (request !== asked) return;
    find('status').textContent = 'Choose a picture.';
    find('error').textContent = (error as Error).message;
  }
}

function running(on: boolean): void {
  find('start').toggleAttribute('disabled', on);
  find('cancel').hidden = !on;
  find('progress').hidden = !on;
}

async function run(given: ImageData): Promise<void> {
  const { width, height, data } = given;
  const total = width * height;
  const progress = find<HTMLProgressElement>('progress');
  progress.value = 0;
  running(true);
  find('error').textContent = '';
  find('status').textContent = 'Loading the network (4 MB) …';
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const job: Job = { picture: { width, height, data }, fast: find<HTMLInputElement>('fast').checked };
  let took = 0;
  let where = '';
  task = runTask<Job, Progress, Picture>(worker, job, ({ done, milliseconds, threads }) => {
    took = milliseconds;
    where = onThreads(threads);
    progress.value = done / total;
    const left = ((milliseconds / done) * (total - done)) / 1000;
    find('status').textContent = `${Math.round((100 * done) / total)} % ${where}, ${left.toFixed(0)} s left`;
  });
  try {
    const doubled = await task.result;
    context(after).putImageData(new ImageData(doubled.data, doubled.width, doubled.height), 0, 0);
    find('comparing').hidden = false;
    find('edge').hidden = false;
    compare();
    const speed = (total / 1000 / took).toFixed(3);
    find('status').textContent =
      `Done in ${(took / 1000).toFixed(1)} s ${where}, ${speed} megapixels a second. Move the slider to compare.`;
  } catch (error) {
    find('error').textContent = (error as Error).message;
    find('status').textContent = '';
  } finally {
    running(false);
  }
}

function cancel(): void {
  task?.cancel();
  task = undefined;
  running(false);
}

/** Shows the browser's enlargement to the left of the slider, and the network's picture to the right. */
function compare(): void {
  const share = slider.valueAsNumber;
  before.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  find('edge').style.left = `${share}%`;
}

find('limit').textContent = String(MOST_PIXELS / 1e6);
dropZone(find('drop'), {
  label: 'Drop a picture here, or choose a file',
  accept: 'image/*',
  take: (file) => take(file, file.name),
});
const takeSupplied = () => take(fetchFile(supplied), 'chelsea.png');
find('supplied').addEventListener('click', takeSupplied);
find('controls').addEventListener('submit', (event) => {
  event.preventDefault();
  if (picture) run(picture);
});
find('cancel').addEventListener('click', () => {
  cancel();
  find('status').textContent = 'Cancelled.';
});
slider.addEventListener('input', compare);
find('save').addEventListener('click', () => {
  after.toBlob((blob) => {
    if (blob) download(blob, `${name}-2x.png`);
  });
});
takeSupplied();
