// Layer axis: an axis of a layer in the words of a filter, out[o] = Σ_j g[j] · X[last + o - j]. Kernel elements lie as far apart in the
// filter as they meet positions; between them are zeros.

import type { Axis } from '../geometry/axis.js';
import type { SpectralAxis } from '../sums/spectral-axes.js';

/** An axis of step one, and where its kernel elements stand in the filter: j = first + apart · k. */
export interface LayerAxis extends SpectralAxis {
  readonly elements: number;
  readonly first: number;
  readonly apart: number;
}

/** The axis as a filter. A layer's dilation is positive, that of one that reads the other way is not. */
export function layerAxis({ input, kernel, output, dilation, padding }: Axis, axis: number): LayerAxis {
  const reach = dilation * (kernel - 1);
  const furthest = Math.max(0, reach);
  return {
    axis,
    size: input,
    taps: Math.abs(reach) + 1,
    last: furthest - padding,
    count: output,
    turned: false,
    elements: kernel,
    first: furthest,
    apart: -dilation,
  };
}
