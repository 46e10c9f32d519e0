// Sums: the one function behind correlations, convolutions and filters.

import { elementAt } from './border.js';
import { outputShape, type SumOperands, type SumRequest } from './request.js';
import { type Dtype, type Samples, zeros } from './samples.js';

/**
 * Computes a request's sums.
 * @throws RangeError where memory lacks
 */
export function sums({ signal, kernel, out }: SumOperands, request: SumRequest): Samples {
  const { axes, border, dtype } = request;
  const shape = outputShape(request, signal.shape, kernel.shape);
  const result = out ?? zeros(shape, dtype as Dtype);
  const stepsOf = (sizes: readonly number[]) =>
    sizes.map((_, i) => sizes.slice(i + 1).reduce((a, b) => a * b, 1));
  const signalSteps = stepsOf(signal.shape);
  const kernelSteps = stepsOf(kernel.shape);
  const constant = typeof border === 'object' ? border.constant : undefined;
  const outputs = result.data;
  let written = 0;

  /** Adds the products of one output: `at` is -1 once a position lies outside. */
  const sum = (position: readonly number[], axis: number, at: number, k: number): number => {
    if (axis === axes.length) {
      if (at >= 0) return kernel.data[k] * signal.data[at];
      return constant === undefined ? 0 : kernel.data[k] * constant;
    }
    const along = axes[axis];
    const [n, taps] = [signal.shape[axis], kernel.shape[axis]];
    if (along === 'each') {
      const element = n === 1 ? 0 : position[axis];
      const tap = taps === 1 ? 0 : position[axis];
      return sum(
        position,
        axis + 1,
        at < 0 ? at : at + element * signalSteps[axis],
        k + tap * kernelSteps[axis],
      );
    }
    const { first, direction, stride = 1, upsample = 1 } = along;
    let total = 0;
    for (let tap = 0; tap < taps; tap++) {
      const place = first + stride * position[axis] + direction * tap;
      if (place % upsample !== 0) continue;
      const element = elementAt(place / upsample, n, border);
      if (element < 0 && border === 'nothing') continue;
      const next = at < 0 || element < 0 ? -1 : at + element * signalSteps[axis];
      total += sum(position, axis + 1, next, k + tap * kernelSteps[axis]);
    }
    return total;
  };
  const walk = (position: number[]): void => {
    if (position.length === axes.length) outputs[written++] = sum(position, 0, 0, 0);
    else for (let o = 0; o < shape[position.length]; o++) walk([...position, o]);
  };
  walk([]);
  return result;
}
