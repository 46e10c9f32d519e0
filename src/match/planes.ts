// Planes: an image or a template with its channels first, one plane for each. A volume's planes have three axes, a signal's one.

import { product } from '../core/lists.js';
import { addressOf } from '../engine/address.js';
import { extend, extendedShape, type Margin } from '../sums/extend.js';
import type { Border } from '../sums/request.js';
import { dtypeIn, type NumberArray, numbersOf, type Samples, zeros } from '../sums/samples.js';

/** Numbers that stay where they are: a copy of those of a resident tensor, which wasm memory that grows would detach. */
export function stayingNumbers(samples: Samples): NumberArray {
  return addressOf(samples) < 0 ? samples.data : samples.data.slice();
}

/** Channels first, and one where there are none; numbers that lie so already, and stay, are not copied. */
export function planesOf(samples: Samples, channelAxis: number | undefined): Samples {
  const { shape } = samples;
  const data = stayingNumbers(samples);
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
export function padded(planes: Samples, window: readonly number[], border: Border): Samples {
  const margins = [1, ...window].map(
    (size): Margin => ({ before: size >> 1, behind: (size - 1) >> 1, border }),
  );
  const result = zeros(extendedShape(planes.shape, margins), dtypeIn(planes.data));
  extend(planes, margins, result.data);
  return result;
}
