// Kernels on a picture: the controls determine a filter, and the filter computes the picture on the right.

import '../shell.ts';
import './picture.css';
import supplied from '../../../examples/data/chelsea.png?url';
import { copyButton } from '../copy.ts';
import { dropZone } from '../drop.ts';
import { fetchFile } from '../fetch-file.ts';
import { find } from '../find.ts';
import { readImage } from '../image.ts';
import { Newest } from '../newest.ts';
import { Camera, drawInto } from '../sources.ts';
import { convndCode, torchCode } from './code.ts';
import { type Filter, FilteredPicture, type PaddingMode } from './filter.ts';
import { type Kernel, kernels, normalised } from './kernels.ts';
import { NumberGrid } from './number-grid.ts';
import { type Look, toPixels, toPlanes } from './pixels.ts';

/** The number of frames whose median time is shown. */
const FRAMES = 15;

const mixes: Record<string, Kernel> = {
  'Grey: the mean of all three': [0, 1, 2].map(() => [0.33, 0.34, 0.33]),
  Sepia: [
    [0.393, 0.769, 0.189],
    [0.349, 0.686, 0.168],
    [0.272, 0.534, 0.131],
  ],
  'Swap red and blue': [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ],
  'Red minus green': [0, 1, 2].map(() => [1, -1, 0]),
};
const channels = ['red', 'green', 'blue'];

const select = (id: string) => find<HTMLSelectElement>(id);
const whole = (id: string) => Math.trunc(find<HTMLInputElement>(id).valueAsNumber);

const before = find<HTMLCanvasElement>('before');
const after = find<HTMLCanvasElement>('after');
const camera = new Camera();
const loading = new Newest();
let kernel: Kernel = [];
let mix: Kernel = Object.values(mixes)[0];
let picture: FilteredPicture | undefined;
let times: number[] = [];

const kernelGrid = new NumberGrid(
  find('grid'),
  (row, column) => `Row ${row + 1}, column ${column + 1}`,
  (values) => {
    kernel = values;
    update();
  },
);
const mixGrid = new NumberGrid(
  find('mix-grid'),
  (row, column) => `${channels[column]} into ${channels[row]}`,
  (values) => {
    mix = values;
    update();
  },
  channels,
);

function filter(): Filter {
  const dense = document.querySelector<HTMLInputElement>('[value="dense"]')?.checked;
  return {
    kernel,
    mix: dense ? mix : null,
    stride: whole('stride'),
    dilation: whole('dilation'),
    paddingMode: select('padding-mode').value as PaddingMode,
  };
}

/** Applies the controls. If convnd rejects the layer, its message is shown, and the last picture stays. */
function update(): void {
  const chosen = filter();
  find('mixing').hidden = chosen.mix === null;
  const total = kernel.flat().reduce((sum, value) => sum + value, 0);
  find('sum').textContent = `sum ${Math.round(total * 1e4) / 1e4 + 0}`;
  find('code-convnd').textContent = convndCode(chosen);
  find('code-torch').textContent = torchCode(chosen);
  try {
    picture?.use(chosen);
    find('error').textContent = '';
  } catch (error) {
    find('error').textContent = (error as Error).message;
    return;
  }
  if (!picture) return;
  find('explain').textContent = picture.layer?.explain(picture.input.shape) ?? '';
  times = [];
  for (let i = camera.running ? 1 : FRAMES; i > 0; i--) timed();
  show();
}

function timed(): void {
  if (!picture?.layer) return;
  const start = performance.now();
  picture.run();
  times = [...times.slice(1 - FRAMES), performance.now() - start];
}

/** Draws the last result on the canvas, if there is a layer. */
function show(): void {
  if (!picture?.output) return;
  const { data, shape } = picture.output;
  const [, , height, width] = shape;
  if (after.width !== width || after.height !== height) Object.assign(after, { width, height });
  const image = new ImageData(width, height);
  toPixels(data, image.data, select('look').value as Look);
  after.getContext('2d', { willReadFrequently: true })?.putImageData(image, 0, 0);
  const median = [...times].sort((a, b) => a - b)[times.length >> 1];
  find('time').textContent = `${median.toFixed(2)} ms a frame`;
  find('after-size').textContent = `${width} × ${height}`;
}

/** Reads the pixels of the left canvas into wasm memory. Returns whether a layer of a new size is needed. */
function take({ data, width, height }: ImageData): boolean {
  find('before-size').textContent = `${width} × ${height}`;
  const resized = picture?.width !== width || picture.height !== height;
  if (resized) {
    picture?.dispose();
    picture = new FilteredPicture(width, height);
  }
  toPlanes(data, picture!.input.data);
  return resized;
}

async function takeImage(source: Blob | Promise<Blob>): Promise<void> {
  stopCamera();
  const image = await loading.run(async () => readImage(await source));
  if (!image) return;
  take(drawInto(before, image, image.width, image.height));
  image.close();
  update();
}

function stopCamera(): void {
  camera.stop();
  find('camera').textContent = 'Use the camera';
  find('rate').textContent = '';
}

async function startCamera(): Promise<void> {
  loading.drop();
  let count = 0;
  let since = performance.now();
  find('camera').textContent = 'Stop the camera';
  await camera.start((video) => {
    if (video.videoWidth === 0) return;
    if (take(drawInto(before, video, video.videoWidth, video.videoHeight))) update();
    else {
      timed();
      show();
    }
    count++;
    const now = performance.now();
    if (now - since < 1000) return;
    find('rate').textContent = `${((1000 * count) / (now - since)).toFixed(0)} frames a second`;
    count = 0;
    since = now;
  });
}

/** Runs something that may fail for external reasons, and shows the error. */
async function attempt(work: () => Promise<void>): Promise<void> {
  find('error').textContent = '';
  try {
    await work();
  } catch (error) {
    stopCamera();
    find('error').textContent = (error as Error).message;
  }
}

function chooseKernel(): void {
  const named = kernels.find(({ name }) => name === select('kernel').value);
  if (!named) return;
  const sizes = select('size');
  const wanted = named.sizes.includes(Number(sizes.value)) ? Number(sizes.value) : named.sizes[0];
  sizes.replaceChildren(
    ...named.sizes.map((size) => new Option(`${size} × ${size}`, String(size), false, size === wanted)),
  );
  find('about').textContent = named.about;
  select('look').value = named.signed ? 'signed' : 'clipped';
  kernel = named.make(wanted);
  kernelGrid.show(kernel);
  update();
}

select('kernel').append(...kernels.map(({ name }) => new Option(name)));
select('mix').append(...Object.keys(mixes).map((name) => new Option(name)));
mixGrid.show(mix);
find('copy-convnd').append(copyButton(() => convndCode(filter())));
find('copy-torch').append(copyButton(() => torchCode(filter())));
dropZone(find('drop'), {
  label: 'Drop a picture here, or choose a file',
  accept: 'image/*',
  take: (file) => attempt(() => takeImage(file)),
});

select('kernel').addEventListener('change', chooseKernel);
select('size').addEventListener('change', chooseKernel);
select('mix').addEventListener('change', () => {
  mix = mixes[select('mix').value];
  mixGrid.show(mix);
  update();
});
find('normalise').addEventListener('click', () => {
  kernel = normalised(kernel);
  kernelGrid.show(kernel);
  update();
});
select('look').addEventListener('change', show);
for (const id of ['stride', 'dilation']) find(id).addEventListener('input', update);
select('padding-mode').addEventListener('change', update);
for (const radio of document.querySelectorAll('[name="channels"]')) radio.addEventListener('change', update);
find('camera').addEventListener('click', () => (camera.running ? stopCamera() : attempt(startCamera)));
const useSupplied = () => attempt(() => takeImage(fetchFile(supplied)));
find('supplied').addEventListener('click', useSupplied);

select('kernel').value = 'Sobel x';
chooseKernel();
await useSupplied();
