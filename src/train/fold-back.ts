// Fold back: the gradient of a padded input becomes that of the input itself. Every position of the window adds to the position of the
// input that it showed, axis by axis, as the map of a padding mode is a product of axes.

import { product } from '../core/lists.js';
import { inputPositionAt, type PaddingMode } from '../geometry/padding.js';

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
  { input, window, begin }: PaddedAxis,
  mode: PaddingMode,
  outer: number,
  inner: number,
  to: Float32Array,
): void {
  const shown: number[][] = Array.from({ length: input }, () => []);
  for (let at = 0; at < window; at++) {
    const x = inputPositionAt(at - begin, input, mode);
    if (x >= 0) shown[x].push(at * inner);
  }
  let place = 0;
  for (let block = 0; block < outer; block++) {
    const first = block * window * inner;
    for (const places of shown) {
      for (let i = first; i < first + inner; i++) {
        let sum = 0;
        for (let p = 0; p < places.length; p++) sum += from[i + places[p]];
        to[place++] = sum;
      }
    }
  }
}
