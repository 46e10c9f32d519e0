// Grow: a neural cellular automaton. Every cell sees its neighbours and changes by the same small network; all grow from one cell
// in the centre. After Mordvintsev, Randazzo, Niklasson and Levin, Growing Neural Cellular Automata, Distill 2020.

import { Conv2d, type Tensor, tensor } from 'convnd';
import { add, custom, mseLoss, narrow } from 'convnd/train';
import type { Picture } from '../../../../examples/pixels.ts';
import { decibels, pictureOf } from '../planes.ts';
import { type Lesson, type Material, relu } from './lesson.ts';

/** Channels of a cell. The first four are red, green and blue, multiplied by alpha, and alpha. */
const CHANNELS = 12;
const HIDDEN = 64;
/** The number of updates in which it should grow. */
const [FEWEST, MOST] = [18, 24];
/** Cells with more alpha are alive, and so are their neighbours. */
const ALIVE = 0.1;
/** The numbers of updates after which it is shown. The last one is beyond those that it is trained for. */
const SHOWN = [6, 12, 18, 24, 48];
const GROWN = 24;

export function grow({ picture, random }: Material): Lesson {
  const { width, height } = picture;
  const see = perception();
  const layers = {
    0: new Conv2d(3 * CHANNELS, HIDDEN, 1),
    2: new Conv2d(HIDDEN, CHANNELS, 1, { bias: false }),
  };
  // initially nothing changes
  layers[2].weight = tensor(new Float32Array(CHANNELS * HIDDEN), [CHANNELS, HIDDEN, 1, 1]);
  const goal = goalOf(picture);
  const seed = seedOf(width, height);
  const change = (state: Tensor): Tensor =>
    living(add(state, layers[2].forward(layers[0].forward(see.forward(state), relu))));
  return {
    layers,
    loss: () => {
      let state = seed;
      const count = FEWEST + Math.floor(random() * (MOST - FEWEST + 1));
      for (let step = 0; step < count; step++) state = change(state);
      return mseLoss(narrow(state, 1, 0, 4), goal);
    },
    look: () => {
      const pictures = [];
      let grown = seed;
      let state = seed;
      for (let step = 1; step <= SHOWN[SHOWN.length - 1]; step++) {
        state = change(state);
        if (SHOWN.includes(step)) pictures.push({ name: `After ${step}`, picture: onWhite(state) });
        if (step === GROWN) grown = state;
      }
      const made = narrow(grown, 1, 0, 4);
      return {
        pictures: [...pictures, { name: 'To grow', picture: onWhite(goal) }],
        decibels: [decibels(made, goal), null],
      };
    },
    tiles: () => [HIDDEN, CHANNELS].map((rows, i) => matrixOf(layers[i === 0 ? 0 : 2], rows)),
  };
}

/** The perception of a cell: each channel, and its derivatives to the right and downwards. It is not trained. */
function perception(): Conv2d {
  const layer = new Conv2d(CHANNELS, 3 * CHANNELS, 3, { padding: 1, groups: CHANNELS, bias: false });
  const itself = [0, 0, 0, 0, 1, 0, 0, 0, 0];
  const right = [-1, 0, 1, -2, 0, 2, -1, 0, 1].map((value) => value / 8);
  const down = [-1, -2, -1, 0, 0, 0, 1, 2, 1].map((value) => value / 8);
  const each = [...itself, ...right, ...down];
  const weight = Float32Array.from({ length: CHANNELS * each.length }, (_, i) => each[i % each.length]);
  layer.weight = tensor(weight, [3 * CHANNELS, 1, 3, 3]);
  layer.requiresGrad_(false);
  return layer;
}

/** Red, green and blue multiplied by alpha, and alpha. */
function goalOf({ width, height, data }: Picture): Tensor {
  const area = width * height;
  const goal = tensor(new Float32Array(4 * area), [1, 4, height, width]);
  for (let i = 0; i < area; i++) {
    const opacity = data[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) goal.data[c * area + i] = (opacity * data[4 * i + c]) / 255;
    goal.data[3 * area + i] = opacity;
  }
  return goal;
}

/** One black cell in the centre. */
function seedOf(width: number, height: number): Tensor {
  const area = width * height;
  const state = tensor(new Float32Array(CHANNELS * area), [1, CHANNELS, height, width]);
  const middle = (height >> 1) * width + (width >> 1);
  for (let c = 3; c < CHANNELS; c++) state.data[c * area + middle] = 1;
  return state;
}

/** Removes cells that are not alive, as a recorded operation. */
function living(state: Tensor): Tensor {
  const mask = alive(state);
  const kept = (values: Float32Array) => {
    const out = values.slice();
    for (let from = 0; from < out.length; from += mask.length)
      for (let i = 0; i < mask.length; i++) if (mask[i] === 0) out[from + i] = 0;
    return tensor(out, state.shape);
  };
  return custom(kept(state.data), [state], (gradient) => [kept(gradient.data)]);
}

/** 1 if a cell or one of its neighbours has enough alpha. */
function alive({ data, shape: [, , height, width] }: Tensor): Uint8Array {
  const area = height * width;
  const mask = new Uint8Array(area);
  for (let i = 0; i < area; i++) {
    if (data[3 * area + i] <= ALIVE) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      mask.fill(1, v * width + Math.max(0, x - 1), v * width + Math.min(width - 1, x + 1) + 1);
  }
  return mask;
}

/** The colours on a white background. */
function onWhite({ data, shape: [, , height, width] }: Tensor): Picture {
  const area = height * width;
  const out = tensor(new Float32Array(3 * area), [1, 3, height, width]);
  for (let i = 0; i < 3 * area; i++)
    out.data[i] = data[i] + 1 - Math.min(1, Math.max(0, data[3 * area + (i % area)]));
  return pictureOf(out);
}

/** The weight of a 1 × 1 layer: a row for each output. */
function matrixOf({ weight: { data } }: Conv2d, rows: number) {
  return { width: data.length / rows, height: rows, planes: [data.slice() as Float32Array<ArrayBuffer>] };
}
