// Planes: an image or a template with channels first. A plane has one axis for a signal, two for a picture, three for a volume.

import { product } from '../core/lists.js';
import { addressOf } from '../engine/address.js';
import { extend, extendedShape, type Margin } from '../sums/borders/extend.js';
import { permuted } from '../sums/orders.js';
import type { Border } from '../sums/request.js';
import { dtypeIn, type NumberArray, type Samples, zeros } from '../sums/samples.js';

/** The numbers of samples; a copy for a resident tensor, because growing memory detaches its view. */
export function copyIfResident(samples: Samples): NumberArray {
  return addressOf(samples) < 0 ? samples.data : samples.data.slice();
}

/** Moves channels first, or adds an axis of one channel. Numbers that are already in this order are copied only for a resident tensor. */
export function planesOf(samples: Samples, channelAxis: number | undefined): Samples {
  const { shape } = samples;
  if (channelAxis === undefined) return { data: copyIfResident(samples), shape: [1, ...shape] };
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis);
  const order = [channelAxis, ...others];
  const isInOrder = shape[channelAxis] === 1 || product(shape.slice(0, channelAxis)) === 1;
  return isInOrder
    ? { data: copyIfResident(samples), shape: order.map((axis) => shape[axis]) }
    : permuted(samples, order);
}

/** Adds a border, so that every element can be the centre of a window (size // 2). */
export function padded(planes: Samples, window: readonly number[], border: Border): Samples {
  const margins = [1, ...window].map(
    (size): Margin => ({ before: size >> 1, behind: (size - 1) >> 1, border }),
  );
  const result = zeros(extendedShape(planes.shape, margins), dtypeIn(planes.data));
  extend(planes, margins, result.data);
  return result;
}
