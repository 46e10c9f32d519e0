// The documented error bound of layers computed by FFT.

import assert from 'node:assert/strict';
import { problemLine } from '../helpers/lines.js';
import { elementAt, type Problem, product } from '../reference/reference.js';

const unit = 2 ** -24;

/** The 2-norm of each channel of each image, including positions that the padding repeats. */
function norms(p: Problem, x: Float32Array): number[] {
  const repeats = p.input.map((size, axis) => {
    const [begin, end] = p.transposed ? [0, 0] : p.padding[axis];
    const times = new Array<number>(size).fill(0);
    for (let at = -begin; at < size + end; at++) {
      const element = elementAt(at, size, p.mode);
      if (element >= 0) times[element]++;
    }
    return times;
  });
  const plane = product(p.input);
  return Array.from({ length: p.batch * p.channels }, (_, map) => {
    let sum = 0;
    for (let i = 0; i < plane; i++) {
      let rest = i;
      let times = 1;
      for (let axis = p.input.length - 1; axis >= 0; axis--) {
        times *= repeats[axis][rest % p.input[axis]];
        rest = Math.floor(rest / p.input[axis]);
      }
      sum += times * x[map * plane + i] ** 2;
    }
    return Math.sqrt(sum);
  });
}

/** The documented bound for each map of the output: u log2 N Σ ‖x‖ ‖w‖ over the channels of its group. */
export function promised(p: Problem, x: Float32Array, weight: Float32Array, logSize: number): number[] {
  const own = norms(p, x);
  const elements = product(p.kernel);
  const [channels, filters] = [p.channels / p.groups, p.filters / p.groups];
  return Array.from({ length: p.batch * p.filters }, (_, map) => {
    const [image, filter] = [Math.floor(map / p.filters), map % p.filters];
    const group = Math.floor(filter / filters);
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const channel = group * channels + c;
      const kernel = p.transposed ? channel * filters + (filter % filters) : filter * channels + c;
      const numbers = weight.subarray(kernel * elements, (kernel + 1) * elements);
      sum += own[image * p.channels + channel] * Math.sqrt(numbers.reduce((all, w) => all + w * w, 0));
    }
    return unit * logSize * sum;
  });
}

/** Compares outputs with the expected ones, within the documented bound and the rounding of bias and activation. */
export function assertPromised(
  p: Problem,
  got: Float32Array,
  want: ArrayLike<number>,
  bounds: readonly number[],
  label: string,
): void {
  const plane = got.length / bounds.length;
  bounds.forEach((bound, map) => {
    for (let i = map * plane; i < (map + 1) * plane; i++) {
      const allowed = bound + 3 * unit * Math.abs(want[i]);
      if (!(Math.abs(got[i] - want[i]) <= allowed))
        assert.fail(`${label} ${problemLine(p)}: ${i} is ${got[i]}, not ${want[i]} within ${allowed}`);
    }
  });
}
