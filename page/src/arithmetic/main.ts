// Convolution arithmetic: the controls determine a state, the state a model, and the model and a step determine the picture.

import '../shell.ts';
import './arithmetic.css';
import { copyButton } from '../copy.ts';
import { download } from '../download.ts';
import { find } from '../find.ts';
import { Player } from '../player.ts';
import { draw } from './draw.ts';
import { fillEditor } from './editor.ts';
import { gifFile, svgFile } from './export.ts';
import { Model } from './model.ts';
import { onThemeChange, readPalette } from './palette.ts';
import { presets } from './presets.ts';
import { fromHash, initial, limits, type State, toHash } from './state.ts';
import { convndCode, sizeFormula, stepInWords, torchCode } from './words.ts';

/** Pixels between the stage's edges and the picture, both sides together. */
const STAGE_PADDING = 18;
/** Longer animations would be files of many megabytes. */
const GIF_STEPS = 200;

/** Browsers limit changes of the address: WebKit to 100 times in 30 seconds, which is fewer than the steps of a fast animation. */
const LINK_DELAY = 400;

let state: State = fromHash(location.hash);
let model: Model | undefined;
let palette = readPalette();
let writing = 0;

const stage = find('stage');
const player = new Player(showStep);

/** The space for a picture on the stage, with the player below still visible. A hidden tab or frame may have no width yet. */
const room = () => ({
  width: Math.max(0, stage.clientWidth - STAGE_PADDING),
  height: Math.max(300, innerHeight * (innerWidth < 700 ? 0.55 : 0.48)),
});

function showStep(step: number): void {
  state = { ...state, step };
  if (!model) return;
  stage.innerHTML = draw(model, step, palette, room());
  const { text, right } = stepInWords(model, step);
  const picture = stage.querySelector('svg');
  picture?.setAttribute('role', 'img');
  picture?.setAttribute('aria-label', `Step ${step + 1}: ${text}`);
  // announced to screen readers when the visitor steps, but not while it plays
  find('words').setAttribute('aria-live', player.playing ? 'off' : 'polite');
  find('words').textContent = right ? text : `${text}: this is not what convnd computed. Please report it.`;
  window.clearTimeout(writing);
  writing = window.setTimeout(() => history.replaceState(null, '', link()), LINK_DELAY);
}

/** The address that restores the state. */
function link(): string {
  const hash = toHash(state);
  return location.origin + location.pathname + location.search + (hash && `#${hash}`);
}

/** Applies a state. If convnd rejects it, its error message is shown instead of a picture. */
function load(next: State, rebuildEditor = true): void {
  state = next;
  fillControls();
  try {
    model = new Model(state);
  } catch (error) {
    model = undefined;
    player.stop();
    find('error').textContent = (error as Error).message;
    stage.replaceChildren();
    for (const id of ['words', 'formula', 'code-torch', 'code-convnd']) find(id).textContent = '';
    enable(false);
    return;
  }
  find('error').textContent = '';
  enable(true);
  find('formula').textContent = sizeFormula(state, model.output[2]);
  find('code-torch').textContent = torchCode(model);
  find('code-convnd').textContent = convndCode(model);
  if (rebuildEditor && find<HTMLDetailsElement>('numbers').open) edit();
  player.load(model.steps, state.step);
}

function edit(): void {
  if (!model) return;
  fillEditor(find('editor'), model, (name, values) => load({ ...state, [name]: values }, false));
}

function enable(on: boolean): void {
  for (const id of ['play', 'back', 'forward', 'scrub', 'save-svg', 'save-gif'])
    find(id).toggleAttribute('disabled', !on);
}

const controls = () => [
  ...find('controls').querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select'),
];

function fillControls(): void {
  for (const control of controls()) {
    const value = state[control.id as keyof State];
    const text = typeof value === 'boolean' ? (value ? '1' : '') : String(value);
    if (control.value !== text && document.activeElement !== control) control.value = text;
  }
  for (const part of document.querySelectorAll<HTMLElement>('[data-for]'))
    part.hidden = (part.dataset.for === 'transposed') !== state.transposed;
  const { step, ...wanted } = state;
  const same = presets.findIndex((preset) => {
    const { step, ...known } = preset.state;
    return JSON.stringify({ ...known, view: 0, seed: 0 }) === JSON.stringify({ ...wanted, view: 0, seed: 0 });
  });
  find<HTMLSelectElement>('preset').value = String(same);
}

function readControls(): void {
  const next: Record<string, unknown> = { ...state, step: 0 };
  for (const control of controls()) {
    if (control.id === 'transposed') next.transposed = control.value === '1';
    else if (control.id in limits) {
      const [least, most] = limits[control.id];
      const value = Number(control.value);
      if (control.value === '' || !Number.isInteger(value)) return; // while the visitor types
      next[control.id] = Math.min(most, Math.max(least, value));
    } else next[control.id] = control.value;
  }
  player.stop();
  load(next as unknown as State);
}

async function saveGif(): Promise<void> {
  if (!model) return;
  const saving = find('saving');
  if (model.steps > GIF_STEPS) {
    saving.textContent = `This animation has ${model.steps} steps; a GIF may have ${GIF_STEPS}.`;
    return;
  }
  const { steps } = model;
  const button = find<HTMLButtonElement>('save-gif');
  button.disabled = true;
  try {
    const blob = await gifFile(model, palette, player.pace, (done) => {
      saving.textContent = `${done} of ${steps} steps`;
    });
    saving.textContent = `${(blob.size / 1000).toFixed(0)} KB`;
    download(blob, 'convolution.gif');
  } catch (error) {
    saving.textContent = (error as Error).message;
  } finally {
    button.disabled = !model;
  }
}

find<HTMLSelectElement>('preset').append(
  new Option('your own', '-1'),
  ...presets.map(({ name }, i) => new Option(name, String(i))),
);
find('preset').addEventListener('change', ({ target }) => {
  const preset = presets[Number((target as HTMLSelectElement).value)];
  if (preset) load({ ...preset.state, seed: state.seed, view: state.view });
});
for (const control of controls()) {
  if (control.id in limits && control instanceof HTMLInputElement) {
    [control.min, control.max] = limits[control.id].map(String);
  }
  control.addEventListener('input', readControls);
  // a value that was out of range is replaced by the value in use
  control.addEventListener('change', () => {
    const value = state[control.id as keyof State];
    if (typeof value === 'number') control.value = String(value);
  });
}
find('controls').addEventListener('submit', (event) => event.preventDefault());
find('randomise').addEventListener('click', () => {
  load({ ...state, x: null, weight: null, seed: 1 + (state.seed % limits.seed[1]) });
});
find('numbers').addEventListener('toggle', edit);
find('save-svg').addEventListener('click', () => {
  if (model) download(svgFile(model, player.step, palette), 'convolution.svg');
});
find('save-gif').addEventListener('click', saveGif);
find('copy-torch').append(copyButton(() => find('code-torch').textContent ?? ''));
find('copy-convnd').append(copyButton(() => find('code-convnd').textContent ?? ''));
find('share').prepend(copyButton(link, 'Copy a link to this'));
onThemeChange(() => {
  palette = readPalette();
  showStep(player.step);
});
addEventListener('hashchange', () => load(fromHash(location.hash)));
addEventListener('resize', () => showStep(state.step));

load(location.hash ? state : initial);
