// Fold back: the gradient of a padded input becomes that of the input itself. Every position of the window adds to the position of the
// input that it showed, axis by axis, as the map of a padding mode is a product of axes.

import { product } from '../../core/lists.js';
import { inputPositionAt, type PaddingMode } from '../../geometry/padding.js';

/** How an axis of a window came from one of the input. */
export interface PaddedAxis {
  readonly input: number;
  readonly window: number;
  /** positions before the input's first; negative where the beginning is cropped */
  readonly begin: number;
}

/**
 * Adds up the gradients of windows, which follow one another. What was cropped gets 0. Each axis is summed in float64 and rounded once.
 * @param axes outermost first
 * @param out a number for each position of each input
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
  // the innermost first: the axes before it are as long as the window's, those behind it as the input's
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
  const several = shownMoreThanOnce(axis, mode);
  // positions that stand in the window at their own place: all but those that are cropped
  const first = Math.max(0, -begin);
  const end = Math.min(input, window - begin);
  for (let block = 0; block < outer; block++) {
    const source = (block * window + begin) * inner;
    const target = block * input * inner;
    if (end - first < input) to.fill(0, target, target + input * inner);
    for (let i = first * inner; i < end * inner; i++) to[target + i] = from[source + i];
    for (const [x, places] of several) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let p = 0; p < places.length; p++) sum += from[(block * window + places[p]) * inner + i];
        to[target + x * inner + i] = sum;
      }
    }
  }
}

/** Positions of the input that stand at several places of the window, or at another than their own, with these places. */
function shownMoreThanOnce(
  { input, window, begin }: PaddedAxis,
  mode: PaddingMode,
): [x: number, places: readonly number[]][] {
  const shown = new Map<number, number[]>();
  const own = (x: number) => (x + begin >= 0 && x + begin < window ? [x + begin] : []);
  for (let at = 0; at < window; at++) {
    const x = inputPositionAt(at - begin, input, mode);
    if (x < 0 || x === at - begin) continue;
    const places = shown.get(x) ?? own(x);
    places.push(at);
    shown.set(x, places);
  }
  return [...shown];
}
