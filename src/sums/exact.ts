// Exact: sums as the definition has them, one by one, in float64. For few products, where preparing anything takes longer, and where a
// kernel that is not finite must not meet what is not there.

import { constantOf, elementAt } from './border.js';
import { type AxisSum, type Border, outputShape, type SumRequest, type Written } from './request.js';

/** Products of an output's axes so far: where each has its factors. */
interface Places {
  /** in the signal, -1 outside */
  readonly signal: readonly number[];
  readonly kernel: readonly number[];
  /** whether an axis met what is outside */
  readonly reachesOut: boolean;
}

/**
 * Computes outputs into `out`.
 * @param outsideOnly leaves those alone whose kernel lies inside the signal
 */
export function exactSums({ signal, kernel, out }: Written, request: SumRequest, outsideOnly = false): void {
  const { axes, border } = request;
  const shape = outputShape(request, signal.shape, kernel.shape);
  const x = signal.data;
  const h = kernel.data;
  const y = out.data;
  const constant = constantOf(border);
  let at = 0;
  const walk = (axis: number, places: Places): void => {
    if (axis < axes.length) {
      const [size, taps] = [signal.shape[axis], kernel.shape[axis]];
      for (let o = 0; o < shape[axis]; o++)
        walk(axis + 1, placesAlong(places, axes[axis], o, size, taps, border));
      return;
    }
    if (places.reachesOut || !outsideOnly) {
      let total = 0;
      for (let i = 0; i < places.signal.length; i++) {
        const element = places.signal[i];
        total += h[places.kernel[i]] * (element < 0 ? constant : x[element]);
      }
      y[at] = total;
    }
    at++;
  };
  walk(0, { signal: [0], kernel: [0], reachesOut: false });
}

/** The places of output `o` of one more axis: each one so far has a product with each of this axis. */
function placesAlong(
  places: Places,
  along: AxisSum | 'each',
  o: number,
  size: number,
  taps: number,
  border: Border,
): Places {
  const next = { signal: [] as number[], kernel: [] as number[], reachesOut: places.reachesOut };
  if (along === 'each') {
    add(next, places, size === 1 ? 0 : o, size, taps === 1 ? 0 : o, taps);
    return next;
  }
  const { first, direction, stride = 1, upsample = 1 } = along;
  for (let tap = 0; tap < taps; tap++) {
    const position = first + stride * o + direction * tap;
    if (position % upsample !== 0) continue;
    const element = elementAt(position / upsample, size, border);
    if (element < 0) next.reachesOut = true;
    if (element >= 0 || border !== 'nothing') add(next, places, element, size, tap, taps);
  }
  return next;
}

/** Adds the products of all places with one element of an axis of `size` and one tap of `taps`. */
function add(
  to: { readonly signal: number[]; readonly kernel: number[] },
  { signal, kernel }: Places,
  element: number,
  size: number,
  tap: number,
  taps: number,
): void {
  for (let i = 0; i < signal.length; i++) {
    to.signal.push(element < 0 || signal[i] < 0 ? -1 : signal[i] * size + element);
    to.kernel.push(kernel[i] * taps + tap);
  }
}
