// A layer's axis as a filter: out[o] = Σ_j g[j] · X[last + o - j]. Dilation is expressed by zeros between the kernel elements of the
// filter.

import type { Axis } from '../../geometry/axis.js';
import type { SpectralAxis } from '../../sums/spectral/axes.js';

/** An axis with stride 1, and the positions of kernel elements in the filter: j = first + apart · k. */
export interface LayerAxis extends SpectralAxis {
  readonly elements: number;
  readonly first: number;
  readonly apart: number;
}

/** Converts an axis of a convolution. The dilation is negative for an axis that reads its input backwards. */
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
