// Planes: an image or a template with its channels first, one plane for each. A volume's planes have three axes, a signal's one.

import { product } from '../core/lists.js';
import { constantOf, elementAt } from '../sums/border.js';
import type { Border } from '../sums/request.js';
import { dtypeIn, numbersOf, type Samples } from '../sums/samples.js';

/** Channels first, and one where there are none; numbers that lie so already are not copied. */
export function planesOf({ data, shape }: Samples, channelAxis: number | undefined): Samples {
  if (channelAxis === undefined) return { data, shape: [1, ...shape] };
  const channels = shape[channelAxis];
  const sizes = [channels, ...shape.filter((_, axis) => axis !== channelAxis)];
  const before = product(shape.slice(0, channelAxis));
  if (channels === 1 || before === 1) return { data, shape: sizes };
  const behind = product(shape.slice(channelAxis + 1));
  const planes = numbersOf(data.length, dtypeIn(data));
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let outer = 0; outer < before; outer++) {
      const from = (outer * channels + channel) * behind;
      for (let inner = 0; inner < behind; inner++) planes[to++] = data[from + inner];
    }
  return { data: planes, shape: sizes };
}

/** Planes with a border around them, so wide that the middle of a window (size // 2) may lie on each of their elements. */
export function padded({ data, shape }: Samples, window: readonly number[], border: Border): Samples {
  const [channels, ...sizes] = shape;
  const before = window.map((size) => size >> 1);
  const wider = sizes.map((size, axis) => size + window[axis] - 1);
  const constant = constantOf(border);
  // for each axis, the offset of the element that stands at each place; -1 for none
  const places = wider.map((size, axis) => {
    const step = product(sizes.slice(axis + 1));
    return Int32Array.from({ length: size }, (_, at) => {
      const element = elementAt(at - before[axis], sizes[axis], border);
      return element < 0 ? -1 : element * step;
    });
  });
  const result = numbersOf(channels * product(wider), dtypeIn(data));
  const plane = product(sizes);
  let to = 0;
  const walk = (axis: number, from: number): void => {
    for (const place of places[axis]) {
      const next = from >= 0 && place >= 0 ? from + place : -1;
      if (axis + 1 < places.length) walk(axis + 1, next);
      else result[to++] = next < 0 ? constant : data[next];
    }
  };
  for (let channel = 0; channel < channels; channel++) walk(0, channel * plane);
  return { data: result, shape: [channels, ...wider] };
}
