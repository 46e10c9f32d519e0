// A cache of planned weight gradients by problem line. They own no wasm memory and are independent of the layer.

import { Recent } from '../../core/recent.js';
import type { Convolution } from '../../problem/convolution.js';
import { WeightGradient } from './run.js';

/** A network has some tens of different layers. */
const CACHE_SIZE = 64;

const kept = new Recent<string, WeightGradient>(CACHE_SIZE);

/** The weight gradient of a convolution without upsampling, planned if it is not cached. */
export function weightGradientOf(convolution: Convolution): WeightGradient {
  const { line } = convolution;
  // setting it again makes it the most recently used
  return kept.set(line, kept.get(line) ?? new WeightGradient(convolution));
}
