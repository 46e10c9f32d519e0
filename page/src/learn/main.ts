// Learn: a task is chosen, a worker learns it step by step, and every step shows.

import '../shell.ts';
import './learn.css';
import supplied from '../../../examples/data/astronaut.png?url';
import { copyButton } from '../copy.ts';
import { download } from '../download.ts';
import { dropZone } from '../drop.ts';
import { fetchFile } from '../fetch-file.ts';
import { find } from '../find.ts';
import { readImage } from '../image.ts';
import { Newest } from '../newest.ts';
import { type Kernel, kernels } from '../picture/kernels.ts';
import { showFrame } from './board.ts';
import { Curve, written } from './curve.ts';
import type { Frame, TaskName } from './job.ts';
import { Pupil } from './pupil.ts';
import { Sketchpad } from './sketchpad.ts';
import { flower, pictureFor } from './source.ts';
import { convndCode, tasks, torchCode } from './words.ts';

/** Milliseconds from one spoken step to the next while it learns. */
const SPOKEN = 10_000;

const select = (id: string) => find<HTMLSelectElement>(id);
const button = (id: string) => find<HTMLButtonElement>(id);
const rate = find<HTMLInputElement>('rate');
const curve = new Curve(find('curve'));
const pad = new Sketchpad(find('pad'), () => use({ image: pad.drawing, width: 128, height: 128 }, true));

/** Pictures from files. */
const loading = new Newest();

let photograph: Parameters<typeof pictureFor>[1] | undefined;
/** A file or a drawing; nothing as long as the supplied one will do. */
let own: Parameters<typeof pictureFor>[1] | undefined;
let pupil: Pupil | undefined;
let running = false;
let seed = 0;
let step = 0;
let spoken = 0;
/** How often the worker has still to say that it rests. */
let owed = 0;
/** The newest frame that was not drawn yet, with the losses of those before; a page out of sight draws none. */
let waiting: { frame: Frame; losses: number[] } | undefined;

const task = () => tasks.find(({ name }) => name === select('task').value) ?? tasks[0];
const lr = () => Number((10 ** rate.valueAsNumber).toPrecision(2));

function kernel(): Kernel {
  const named = kernels.find(({ name }) => name === select('filter').value) ?? kernels[0];
  return named.make(Number(select('size').value) || named.sizes[0]);
}

function buttons(): void {
  button('play').textContent = running ? 'Pause' : pupil && step > 0 ? 'Continue' : 'Start';
  const nothing = !own && !photograph;
  for (const id of ['play', 'step', 'anew']) button(id).disabled = nothing;
  button('cancel').disabled = !pupil || step === 0;
  button('save').disabled = !pupil;
  const busy = nothing || running || owed > 0 || waiting !== undefined;
  find('pictures').setAttribute('aria-busy', String(busy));
}

/** @param unseen what stands on the page already, for who only hears it */
function say(text: string, unseen = ''): void {
  const words = document.createElement('span');
  words.className = 'unseen';
  words.textContent = unseen;
  find('status').replaceChildren(`${text} `, words);
  spoken = performance.now();
}

/** Ends what was learnt, and makes a new network that waits for its first step. */
function begin(): void {
  pupil?.end();
  pupil = undefined;
  running = false;
  step = 0;
  owed = 0;
  waiting = undefined;
  curve.clear();
  find('error').textContent = '';
  try {
    const name: TaskName = task().name;
    const source = own ?? (name === 'grow' ? flower() : photograph);
    if (!source) return;
    const picture = pictureFor(name, source);
    pupil = new Pupil(
      { task: name, picture, kernel: kernel(), lr: lr(), seed: ++seed },
      { frame: receive, rests, weights: save, failed },
    );
    owed++;
    say('A new network, not yet trained.');
  } catch (error) {
    find('error').textContent = (error as Error).message;
  } finally {
    buttons();
  }
}

function failed(reason: string): void {
  pupil = undefined;
  running = false;
  owed = 0;
  find('error').textContent = reason;
  say(`Ended at step ${step}.`);
  buttons();
}

function receive(frame: Frame): void {
  if (!waiting) requestAnimationFrame(show);
  waiting = { frame, losses: [...(waiting?.losses ?? []), ...frame.losses] };
}

function rests(): void {
  owed--;
  buttons();
}

function show(): void {
  if (!waiting) return;
  const { frame, losses } = waiting;
  waiting = undefined;
  step = frame.step;
  curve.add(losses);
  const words = showFrame(frame, losses.at(-1), task().name === 'filter' ? kernel() : undefined);
  if (step > 0 && (!running || performance.now() - spoken > SPOKEN))
    say(running ? 'Learning.' : 'Paused.', `${words}.`);
  buttons();
}

function play(): void {
  if (!pupil) begin();
  running = !running;
  if (running) {
    pupil?.tell({ kind: 'run', pace: Number(select('pace').value) });
    say('Learning.');
  } else {
    halt('pause');
    say('Paused.', `${find('counter').textContent}.`);
  }
  buttons();
}

function one(): void {
  if (!pupil) begin();
  running = false;
  halt('step');
  buttons();
}

/** Tells the worker to rest, at once or after a step. */
function halt(kind: 'pause' | 'step'): void {
  if (!pupil) return;
  pupil.tell({ kind });
  owed++;
}

function cancel(): void {
  pupil?.end();
  pupil = undefined;
  running = false;
  owed = 0;
  waiting = undefined;
  say(`Cancelled at step ${step}. The weights are discarded.`);
  buttons();
}

function save(file: Uint8Array<ArrayBuffer>): void {
  download(new Blob([file]), `${task().name}.safetensors`);
  find('file').textContent = `${task().name}.safetensors, ${(file.length / 1000).toFixed(1)} KB.`;
}

function showRate(): void {
  find('rate-value').textContent = written(lr());
  rate.setAttribute('aria-valuetext', written(lr()));
  find('code-convnd').textContent = convndCode(task(), kernel().length, lr());
}

function chooseTask(): void {
  const { name, about, tiles, lr: first } = task();
  find('about').textContent = about;
  const imitates = name === 'filter';
  for (const id of ['which-filter', 'which-size']) find(id).hidden = !imitates;
  find('kernels').hidden = !imitates;
  find('tiles').hidden = imitates;
  find('tiles').setAttribute('aria-label', tiles);
  find('tiles-words').textContent = tiles;
  find('tiles').replaceChildren();
  find('filters-title').textContent = { filter: 'Kernel', grow: 'Weights' }[name as string] ?? 'Filters';
  find('pictures').dataset.task = name;
  find('file').textContent = '';
  rate.value = String(Math.log10(first));
  showRate();
  find('code-torch').textContent = torchCode(task(), kernel().length);
  begin();
}

function chooseFilter(): void {
  const named = kernels.find(({ name }) => name === select('filter').value) ?? kernels[0];
  const sizes = named.sizes.filter((size) => size <= 7);
  const old = Number(select('size').value);
  const size = sizes.includes(old) ? old : sizes[0];
  select('size').replaceChildren(
    ...sizes.map((each) => new Option(`${each} × ${each}`, String(each), false, each === size)),
  );
  chooseTask();
}

function use(source: typeof own, drawn = false): void {
  loading.drop();
  own = source;
  if (!drawn) openSketch(false);
  begin();
}

function openSketch(open: boolean): void {
  find('sketch').hidden = !open;
  find('draw').setAttribute('aria-expanded', String(open));
}

async function take(file: Blob): Promise<void> {
  try {
    const image = await loading.run(() => readImage(file));
    if (image) use({ image, width: image.width, height: image.height });
  } catch (error) {
    find('error').textContent = (error as Error).message;
  }
}

select('task').append(...tasks.map(({ name, title }) => new Option(title, name)));
select('filter').append(
  ...kernels.filter(({ name }) => name !== 'Identity').map(({ name }) => new Option(name)),
);
select('filter').value = 'Sobel x';
find('copy-convnd').append(copyButton(() => find('code-convnd').textContent ?? ''));
find('copy-torch').append(copyButton(() => find('code-torch').textContent ?? ''));
dropZone(find('drop'), {
  label: 'Drop a picture to learn from here, or choose a file',
  accept: 'image/*',
  take,
});
select('task').addEventListener('change', chooseTask);
for (const id of ['filter', 'size']) select(id).addEventListener('change', chooseFilter);
button('play').addEventListener('click', play);
button('step').addEventListener('click', one);
button('anew').addEventListener('click', begin);
button('cancel').addEventListener('click', cancel);
button('save').addEventListener('click', () => pupil?.tell({ kind: 'weights' }));
button('supplied').addEventListener('click', () => use(undefined));
button('draw').addEventListener('click', () => openSketch(find('sketch').hidden !== false));
button('wipe').addEventListener('click', () => pad.wipe());
find('brush-colour').addEventListener('input', ({ target }) => {
  pad.colour = (target as HTMLInputElement).value;
});
find('brush-size').addEventListener('input', ({ target }) => {
  pad.width = (target as HTMLInputElement).valueAsNumber;
});
pad.colour = find<HTMLInputElement>('brush-colour').value;
select('pace').addEventListener('change', () => {
  if (running) pupil?.tell({ kind: 'run', pace: Number(select('pace').value) });
});
rate.addEventListener('input', () => {
  showRate();
  pupil?.tell({ kind: 'lr', lr: lr() });
  curve.mark(lr());
});

chooseFilter();
try {
  const image = await readImage(await fetchFile(supplied));
  photograph = { image, width: image.width, height: image.height };
  if (!own) begin();
} catch (error) {
  find('pictures').setAttribute('aria-busy', 'false');
  find('error').textContent = (error as Error).message;
}
