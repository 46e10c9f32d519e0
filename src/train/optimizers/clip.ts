// Gradient clipping by norm and by value.

import { flag, numeric, optionsObject } from '../../core/arguments.js';
import { refuse, type Where } from '../../core/errors.js';
import { attached } from '../../core/tensor.js';
import type { Parameter } from '../../layers/parameter.js';
import { parametersOf } from './groups.js';

/** Options of `clipGradNorm`. */
export interface ClipGradNormOptions {
  /** order p of the norm, above 0; Infinity for the maximum norm; default 2 */
  normType?: number | undefined;
  /** throw if the norm is NaN or infinite, default false */
  errorIfNonfinite?: boolean | undefined;
}

/**
 * Scales all gradients so that the norm of all of them, as one vector, is at most `maxNorm`; like torch.nn.utils.clip_grad_norm_.
 *
 * The factor is `min(1, maxNorm / (norm + 1e-6))`, with the norm computed in float64. As in torch, a norm of NaN makes all gradients
 * NaN, an infinite norm makes finite gradients 0 and infinite ones NaN, and a negative `maxNorm` reverses the gradients.
 *
 * @param parameters the parameters whose gradients are scaled; those without a gradient are ignored
 * @param maxNorm the largest norm
 * @param options.normType order of the norm; default 2
 * @param options.errorIfNonfinite throw if the norm is NaN or infinite; default false
 * @returns the norm before scaling
 * @throws RangeError if `errorIfNonfinite` is set and the norm is not finite, or if `normType` is not above 0
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 * @example
 * import { Parameter } from 'convnd';
 * import { clipGradNorm } from 'convnd/train';
 * const weight = new Parameter(new Float32Array(2), [2]);
 * weight.grad = [3, 4];
 * console.log(clipGradNorm([weight], 1)); // 5
 * console.log(weight.grad?.data[0].toFixed(4)); // 0.6000
 */
export function clipGradNorm(
  parameters: Iterable<Parameter> | Parameter,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): number {
  const where = () => 'clipGradNorm';
  optionsObject(options, ['normType', 'errorIfNonfinite'], where);
  const { normType = 2, errorIfNonfinite = false } = options;
  numeric(maxNorm, 'max_norm', where);
  numeric(normType, 'norm_type', where);
  flag(errorIfNonfinite, 'error_if_nonfinite', where);
  if (!(normType > 0)) refuse(where, `norm_type must be above 0, but got ${normType}`);
  const gradients = gradientsOf(parameters, where);
  const norm = normOf(gradients, normType);
  if (errorIfNonfinite && !Number.isFinite(norm)) {
    refuse(
      where,
      `The total norm of order ${normType} for gradients from \`parameters\` is non-finite, so it cannot be clipped. ` +
        'To disable this error and scale the gradients by the non-finite norm anyway, set `errorIfNonfinite: false`',
    );
  }
  const factor = Math.min(maxNorm / (norm + 1e-6), 1);
  if (factor !== 1) for (const gradient of gradients) scale(gradient, factor);
  return norm;
}

/**
 * Clamps every element of the gradients to [-clipValue, clipValue], like torch.nn.utils.clip_grad_value_. NaN stays NaN.
 *
 * @param parameters the parameters whose gradients are clamped; those without a gradient are ignored
 * @param clipValue the largest magnitude
 * @throws TypeError if `clipValue` is not a number
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 * @example
 * import { Parameter } from 'convnd';
 * import { clipGradValue } from 'convnd/train';
 * const weight = new Parameter(new Float32Array(3), [3]);
 * weight.grad = [-3, 0.25, 4];
 * clipGradValue([weight], 0.5);
 * console.log(weight.grad?.data.join()); // -0.5,0.25,0.5
 */
export function clipGradValue(parameters: Iterable<Parameter> | Parameter, clipValue: number): void {
  const where = () => 'clipGradValue';
  numeric(clipValue, 'clip_value', where);
  for (const gradient of gradientsOf(parameters, where)) clamp(gradient, clipValue);
}

function gradientsOf(parameters: Iterable<Parameter> | Parameter, where: Where): Float32Array[] {
  return parametersOf(parameters, where).flatMap(({ grad }) => (grad ? [attached(grad)] : []));
}

function normOf(gradients: readonly Float32Array[], order: number): number {
  let total = 0;
  if (order === Number.POSITIVE_INFINITY) {
    for (const gradient of gradients) total = Math.max(total, largest(gradient));
    return total;
  }
  if (order === 2) {
    for (const gradient of gradients) total += squares(gradient);
    return Math.sqrt(total);
  }
  for (const gradient of gradients) total += powers(gradient, order);
  return total ** (1 / order);
}

function largest(gradient: Float32Array): number {
  let most = 0;
  for (let i = 0; i < gradient.length; i++) most = Math.max(most, Math.abs(gradient[i]));
  return most;
}

function squares(gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  return sum;
}

function powers(gradient: Float32Array, order: number): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += Math.abs(gradient[i]) ** order;
  return sum;
}

function scale(gradient: Float32Array, factor: number): void {
  for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
}

function clamp(gradient: Float32Array, most: number): void {
  for (let i = 0; i < gradient.length; i++) gradient[i] = Math.min(Math.max(gradient[i], -most), most);
}
