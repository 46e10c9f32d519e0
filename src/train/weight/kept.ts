// Kept weight gradients: those that were asked for last, whoever's weights they were. They own no wasm memory.

import { Recent } from '../../core/recent.js';
import type { Convolution } from '../../problem/convolution.js';
import { WeightGradient } from './run.js';

/** A network has some tens of different layers. */
const MOST_KEPT = 64;

const kept = new Recent<string, WeightGradient>(MOST_KEPT);

/** The weight gradient of a convolution without upsampling: planned when it is new. */
export function weightGradientOf(convolution: Convolution): WeightGradient {
  const { line } = convolution;
  // set again where it is known: what is used now is forgotten last
  return kept.set(line, kept.get(line) ?? new WeightGradient(convolution));
}
