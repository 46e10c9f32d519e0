// Inside: what the library's other parts may see of a layer and its parameters, and its users may not.
//
// JavaScript has no friends: a `#private` field is seen by its own class and by nobody else. A gradient or a stream is a function
// that takes a layer, and needs its checked options and the values of its parameters. So each class hands out one reader of its
// fields, and the readers are gathered here. Neither entry of the package exports them. `layer.weight.data` won't do instead:
// whoever reads it may write into it, so the layer compares all values before each forward from then on.
//
// The reader of layers is a variable that layer.ts sets. So a wing leads to no layer, and its own bundle has none.

import type { Shape } from '../core/tensor.js';
import type { PlanCache } from '../run/plan-cache.js';
import type { PreparedCall } from './call.js';
import type { SizeOptions } from './epilogue.js';
import type { LayerParameters } from './parameters.js';
import type { LayerSpec } from './spec.js';

export { GivenParameters, plansFor } from './given.js';
export { isExposed, valuesOf, writableValuesOf } from './parameter.js';

/** What the library's other parts may see of a layer. */
export interface LayerInside {
  readonly spec: LayerSpec;
  readonly parameters: LayerParameters;
  /** what is in it, `dispose` gives back */
  readonly plans: PlanCache;
  /** What its `forward` computes an input of a shape with. */
  callOf(shape: Shape, options: SizeOptions | undefined): PreparedCall;
}

/** The readers, once what they read is loaded. */
export const internals: { insideOf?: (object: object) => LayerInside | undefined } = {};

/** What only the library may see of a layer; undefined for what is none. */
export function insideOf(value: unknown): LayerInside | undefined {
  return typeof value === 'object' && value !== null ? internals.insideOf?.(value) : undefined;
}
