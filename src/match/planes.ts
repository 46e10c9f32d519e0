// Planes: an image or a template with its channels first, one plane for each. A volume's planes have three axes, a signal's one.

import { product } from '../core/lists.js';
import { addressOf } from '../engine/address.js';
import { extend, extendedShape, type Margin } from '../sums/extend.js';
import { permuted } from '../sums/orders.js';
import type { Border } from '../sums/request.js';
import { dtypeIn, type NumberArray, type Samples, zeros } from '../sums/samples.js';

/** Numbers that stay where they are: a copy of those of a resident tensor, which wasm memory that grows would detach. */
export function stayingNumbers(samples: Samples): NumberArray {
  return addressOf(samples) < 0 ? samples.data : samples.data.slice();
}

/** Channels first, and one where there are none; numbers that lie so already, and stay, are not copied. */
export function planesOf(samples: Samples, channelAxis: number | undefined): Samples {
  const { shape } = samples;
  if (channelAxis === undefined) return { data: stayingNumbers(samples), shape: [1, ...shape] };
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis);
  const order = [channelAxis, ...others];
  const isInOrder = shape[channelAxis] === 1 || product(shape.slice(0, channelAxis)) === 1;
  return isInOrder
    ? { data: stayingNumbers(samples), shape: order.map((axis) => shape[axis]) }
    : permuted(samples, order);
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
