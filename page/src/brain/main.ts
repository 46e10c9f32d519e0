// Brain: a worker reads and labels a volume; three views show both.

import '../shell.ts';
import '../isolation.ts';
import './brain.css';
import supplied from '../../../examples/data/t1_crop.nii.gz?url';
import { classes, colours } from '../../../examples/tissues.ts';
import { download } from '../download.ts';
import { dropZone } from '../drop.ts';
import { fetchFile } from '../fetch-file.ts';
import { find } from '../find.ts';
import { onThreads } from '../numbers.ts';
import { type Job, type LayerDone, mostWasm, type Need, type Reading, type Segmentation } from './job.ts';
import { JobPanel } from './job-panel.ts';
import { legendRow } from './legend.ts';
import { Viewer } from './viewer.ts';

interface Source {
  readonly name: string;
  readonly file: Blob;
}

let source: Source | undefined;
let reading: Reading | undefined;
let found: Segmentation | undefined;
/** Counts files, so that a file that loads slowly does not replace a later one. */
let turn = 0;

const panel = new JobPanel(segment);
const opacity = find<HTMLInputElement>('opacity');
const viewer = new Viewer(find('result'), (voxel) => {
  if (!reading) return;
  const [, height, width] = reading.shape;
  const place = [voxel % width, Math.floor(voxel / width) % height, Math.floor(voxel / (width * height))];
  const label = found ? `: ${classes[found.labels[voxel]]}` : '';
  find('where').textContent = `Voxel [${place.join(', ')}] of the file${label}`;
});

const worker = () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

/** Discards the current volume and reads a file. */
function take(name: string, file: Blob): void {
  turn++;
  source = reading = found = undefined;
  panel.ready = false;
  for (const id of ['result', 'found']) find(id).hidden = true;
  for (const id of ['about', 'need']) find(id).textContent = '';
  panel.say(`Reading ${name} …`);
  const job: Job = { kind: 'read', name, file };
  panel.run(
    worker(),
    job,
    (step: LayerDone) => ({ ...step, text: '' }),
    (result: Reading) => {
      source = { name, file };
      reading = result;
      showReading(name, result);
    },
  );
}

function showReading(name: string, { shape, spacing, oriented, affine, data, need }: Reading): void {
  const sizes = [...shape].reverse();
  const millimetres = spacing.map((size) => Number(size.toFixed(3)));
  const other = millimetres.some((size) => Math.abs(size - 1) > 0.1);
  find('about').textContent =
    `${name}: ${sizes.join(' × ')} voxels of ${millimetres.join(' × ')} mm.` +
    (other ? ' The network was trained on voxels of 1 × 1 × 1 mm; with other sizes it finds less.' : '');
  find('need').textContent = needSentence(need);
  find('sides').textContent = oriented
    ? 'The patient’s right (R) is on the left.'
    : 'The file does not give the orientation of the head; assumed are x to the right, y to the front, z to the crown.';
  find('result').hidden = false;
  viewer.load({ shape, spacing, affine }, data);
  panel.say('');
  panel.ready = need.hidden + need.scratch < mostWasm;
}

function needSentence({ hidden, scratch, arrays }: Need): string {
  if (hidden + scratch >= mostWasm) {
    return `This volume is too large: its layers need ${megabytes(hidden + scratch)} of WebAssembly memory, which has at most ${megabytes(mostWasm)}.`;
  }
  return `Memory needed: ${megabytes(hidden + scratch + arrays)} (hidden tensors ${megabytes(hidden)}, scratch ${megabytes(scratch)}, volume and labels ${megabytes(arrays)}).`;
}

function segment(): void {
  if (!source) return;
  found = undefined;
  find('found').hidden = true;
  panel.say('Starting …');
  const job: Job = { kind: 'segment', ...source };
  panel.run(
    worker(),
    job,
    ({ layer, layers, threads, next, done, total }: LayerDone) => ({
      done,
      total,
      text: next
        ? `Layer ${layer + 1} of ${layers} (${next}) ${onThreads(threads)}`
        : 'Choosing the best class of each voxel',
    }),
    showResult,
  );
}

function showResult(result: Segmentation): void {
  if (!reading) return;
  found = result;
  const millilitres = reading.spacing.reduce((a, b) => a * b) / 1000;
  find('volumes').replaceChildren(
    ...[1, 2].map((label) => legendRow(label, result.counts[label], millilitres)),
  );
  find('found').hidden = false;
  viewer.label(result.labels, colours);
  const where = onThreads(result.threads);
  panel.say(
    `Done in ${result.seconds.toFixed(1)} s ${where}, with ${megabytes(result.wasm)} of WebAssembly memory.`,
  );
}

function showOpacity(): void {
  find('opacity-value').textContent = `${opacity.value} %`;
  viewer.opacity = opacity.valueAsNumber / 100;
}

async function takeSupplied(): Promise<void> {
  const mine = ++turn;
  panel.stop();
  panel.say('Loading the supplied MRI …');
  try {
    const file = await fetchFile(supplied);
    if (mine === turn) take('t1_crop.nii.gz', file);
  } catch (error) {
    if (mine === turn) panel.fail(error);
  }
}

dropZone(find('drop'), {
  label: 'Drop a NIfTI file here, .nii or .nii.gz, or choose one',
  accept: '.nii,.gz',
  take: (file) => take(file.name, file),
});
find('supplied').addEventListener('click', takeSupplied);
opacity.addEventListener('input', showOpacity);
find('download').addEventListener('click', () => {
  if (found && source) download(found.file, `${source.name.replace(/\.nii(\.gz)?$/i, '')}-labels.nii.gz`);
});

showOpacity();
if (navigator.onLine) takeSupplied();
