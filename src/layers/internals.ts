// Package-internal access to the private fields of layers and parameters. No entry of the package exports it.
//
// JavaScript has no friend classes: only its own class sees a `#private` field. convnd/train and convnd/threads need a layer's checked
// options and the values of its parameters, so each class provides one accessor, and they are gathered here. `layer.weight.data` is no
// substitute: after it has been read, the caller may write to the array at any time, so the layer checks all values before each forward.
//
// The accessor of layers is a variable that layer.ts sets, so that importing this file does not bundle the layer classes.

import type { Shape } from '../core/tensor.js';
import type { PlanCache } from '../run/plan-cache.js';
import type { PreparedCall } from './call.js';
import type { SizeOptions } from './epilogue.js';
import type { LayerParameters } from './parameters.js';
import type { LayerSpec } from './spec.js';

export { GivenParameters, plansFor } from './functional-weights.js';
export { isExposed, valuesOf, writableValuesOf } from './parameter.js';

/** The internals of a layer. */
export interface LayerInside {
  readonly spec: LayerSpec;
  readonly parameters: LayerParameters;
  /** `dispose` frees what this cache holds */
  readonly plans: PlanCache;
  /** The prepared call that `forward` uses for an input of this shape. */
  callOf(shape: Shape, options: SizeOptions | undefined): PreparedCall;
}

/** Set by layer.ts when it is loaded. */
export const internals: { insideOf?: (object: object) => LayerInside | undefined } = {};

/** The internals of a layer; undefined if the value is not a layer. */
export function insideOf(value: unknown): LayerInside | undefined {
  return typeof value === 'object' && value !== null ? internals.insideOf?.(value) : undefined;
}
