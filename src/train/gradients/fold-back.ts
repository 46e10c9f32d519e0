// The gradient of padding: from the gradient of a padded input to that of the input. Each padded position adds to the input position it
// was copied from. Padding modes are separable, so this is done axis by axis.

import { product } from '../../core/lists.js';
import { type PaddingMode, stretchesOf } from '../../geometry/padding.js';

/** The padding of an axis. */
export interface PaddedAxis {
  /** size of the input */
  readonly input: number;
  /** size of the padded input */
  readonly window: number;
  /** padding before the input; negative if the beginning is cropped */
  readonly begin: number;
}

/**
 * Computes the gradient of inputs from that of padded inputs. Cropped positions get 0. Each axis is summed in float64 and rounded once.
 * @param windows the gradients of the padded inputs, one map after the other
 * @param axes the axes, outermost first
 * @param out receives the gradients of the inputs, one map after the other
 */
export function foldBack(
  windows: Float32Array,
  axes: readonly PaddedAxis[],
  mode: PaddingMode,
  out: Float32Array,
): void {
  const padded = axes.flatMap(({ input, window, begin }, axis) =>
    input === window && begin === 0 ? [] : [axis],
  );
  let from = windows;
  // innermost first: outer axes still have the padded size, inner axes that of the input
  for (const axis of padded.reverse()) {
    const { input, window } = axes[axis];
    const inner = product(axes.slice(axis + 1).map((each) => each.input));
    const outer = from.length / (window * inner);
    const to = axis === padded.at(-1) ? out : new Float32Array(outer * input * inner);
    foldAxis(from, axes[axis], mode, outer, inner, to);
    from = to;
  }
  if (padded.length === 0) out.set(windows);
}

/** Folds one axis of arrays [outer][axis][inner]. */
function foldAxis(
  from: Float32Array,
  axis: PaddedAxis,
  mode: PaddingMode,
  outer: number,
  inner: number,
  to: Float32Array,
): void {
  const { input, window, begin } = axis;
  const copied = copiedPositions(axis, mode);
  // the input positions that are not cropped
  const first = Math.max(0, -begin);
  const end = Math.min(input, window - begin);
  for (let block = 0; block < outer; block++) {
    const source = (block * window + begin) * inner;
    const target = block * input * inner;
    if (end - first < input) to.fill(0, target, target + input * inner);
    for (let i = first * inner; i < end * inner; i++) to[target + i] = from[source + i];
    for (const [x, places] of copied) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let p = 0; p < places.length; p++) sum += from[(block * window + places[p]) * inner + i];
        to[target + x * inner + i] = sum;
      }
    }
  }
}

/** The input positions that padding copies, each with all positions of the padded input that have its value. */
function copiedPositions(
  { input, window, begin }: PaddedAxis,
  mode: PaddingMode,
): [x: number, places: readonly number[]][] {
  const copies = new Map<number, number[]>();
  const own = (x: number) => (x + begin >= 0 && x + begin < window ? [x + begin] : []);
  for (const { first, end, sign, offset } of stretchesOf(input, mode)) {
    if (sign === 1 && offset === 0) continue; // the input itself
    for (let at = Math.max(0, first + begin); at < Math.min(window, end + begin); at++) {
      const x = sign * (at - begin) + offset;
      const places = copies.get(x) ?? own(x);
      places.push(at);
      copies.set(x, places);
    }
  }
  return [...copies];
}
