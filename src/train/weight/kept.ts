// Kept weight gradients: those that were asked for last, whoever's weights they were. They own no wasm memory.

import type { Convolution } from '../../problem/convolution.js';
import { WeightGradient } from './run.js';

/** A network has some tens of different layers. */
const MOST_KEPT = 64;

const kept = new Map<string, WeightGradient>();

/** The weight gradient of a convolution without upsampling: planned when it is new. */
export function weightGradientOf(convolution: Convolution): WeightGradient {
  const { line } = convolution;
  const found = kept.get(line) ?? new WeightGradient(convolution);
  // a map keeps the order in which keys were set: what is used now goes to its end
  kept.delete(line);
  kept.set(line, found);
  if (kept.size > MOST_KEPT) {
    const [oldest] = kept.keys();
    kept.delete(oldest);
  }
  return found;
}
