// The Adam and AdamW optimizers.

import { refuse, type Where } from '../../core/errors.js';
import type { GivenParams } from './groups.js';
import type { Memory } from './memory.js';
import { Optimizer } from './optimizer.js';
import type { Rule } from './rule.js';

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** learning rate, default 0.001 */
  lr?: number | undefined;
  /** decay rates of the running averages of the gradient and of its square, default [0.9, 0.999] */
  betas?: readonly [number, number] | undefined;
  /** added to the denominator, default 1e-8 */
  eps?: number | undefined;
  /** weight decay. Adam adds weightDecay · parameter to the gradient, default 0; AdamW subtracts lr · weightDecay · parameter, default 0.01 */
  weightDecay?: number | undefined;
  /** divide by the maximum of all running averages of the square so far, default false */
  amsgrad?: boolean | undefined;
  /** maximize instead of minimize, default false */
  maximize?: boolean | undefined;
}

/** @param decoupled AdamW: weight decay is not added to the gradient */
const ruleOf = (name: string, decoupled: boolean, weightDecay: number): Rule<AdamOptions> => ({
  name,
  defaults: { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay, amsgrad: false, maximize: false },
  required: ['step', 'exp_avg', 'exp_avg_sq'],
  optional: ['max_exp_avg_sq'],
  check,
  update(values, gradient, options, memory) {
    adapt(values, gradient, options, memory, decoupled);
  },
});

function check({ lr, betas, eps, weightDecay }: Required<AdamOptions>, where: Where): void {
  // negated, so that NaN is rejected, as in torch
  if (!(lr >= 0)) refuse(where, `Invalid learning rate: ${lr}`);
  if (!(eps >= 0)) refuse(where, `Invalid epsilon value: ${eps}`);
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) refuse(where, `Invalid beta parameter at index ${i}: ${beta}`);
  });
  if (!(weightDecay >= 0)) refuse(where, `Invalid weight_decay value: ${weightDecay}`);
}

function adapt(
  values: Float32Array,
  gradient: Float32Array,
  options: Required<AdamOptions>,
  memory: Memory,
  decoupled: boolean,
): void {
  const { lr, betas, eps, weightDecay, amsgrad } = options;
  const steps = ++memory.steps;
  const mean = memory.array('exp_avg');
  const square = memory.array('exp_avg_sq');
  // without amsgrad there is no array of maxima
  const largest = amsgrad ? memory.array('max_exp_avg_sq') : square;
  average(values, gradient, mean, square, options, decoupled ? 0 : weightDecay);
  if (amsgrad) raise(largest, square);
  const [beta1, beta2] = betas;
  const kept = decoupled ? 1 - lr * weightDecay : 1;
  const length = lr / (1 - beta1 ** steps);
  const scale = 1 / Math.sqrt(1 - beta2 ** steps);
  move(values, mean, largest, { kept, length, scale, eps });
}

// Three loops instead of one, since each needs fewer registers: 5.3 ms instead of 7 to 10 ms for a million parameters.

/** Updates the running averages of the gradient and of its square. */
function average(
  values: Float32Array,
  gradient: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  { betas: [beta1, beta2], maximize }: Required<AdamOptions>,
  decay: number,
): void {
  const sign = maximize ? -1 : 1;
  const share1 = 1 - beta1;
  const share2 = 1 - beta2;
  for (let i = 0; i < mean.length; i++) {
    let slope = sign * gradient[i];
    if (decay !== 0) slope += decay * values[i];
    mean[i] = beta1 * mean[i] + share1 * slope;
    square[i] = beta2 * square[i] + share2 * slope * slope;
  }
}

/** Updates the maxima for amsgrad. Math.max propagates NaN. */
function raise(largest: Float32Array, square: Float32Array): void {
  for (let i = 0; i < largest.length; i++) largest[i] = Math.max(largest[i], square[i]);
}

/** A step: values · kept − length · mean / (√square · scale + eps). */
interface AdamStep {
  readonly kept: number;
  readonly length: number;
  readonly scale: number;
  readonly eps: number;
}

function move(
  values: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  { kept, length, scale, eps }: AdamStep,
): void {
  for (let i = 0; i < values.length; i++)
    values[i] = values[i] * kept - (length * mean[i]) / (Math.sqrt(square[i]) * scale + eps);
}

const adam = ruleOf('Adam', false, 0);
const adamW = ruleOf('AdamW', true, 0.01);

/**
 * The Adam optimizer, like torch.optim.Adam. Computes in float64 and rounds each stored value once to float32.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adam.html
 * @example
 * import { Parameter } from 'convnd';
 * import { Adam } from 'convnd/train';
 * const weight = new Parameter(new Float32Array([1, 2]), [2]);
 * const optimizer = new Adam([weight], { lr: 0.25 });
 * weight.grad = [1e-3, -1e3];
 * optimizer.step();
 * console.log(weight.data.map((value) => Math.round(1000 * value)).join()); // 750,2250
 */
export class Adam extends Optimizer<AdamOptions> {
  /**
   * @param params the parameters to optimize, or groups `{ params, lr, … }` with their own options
   * @param options defaults for all groups
   * @throws RangeError for invalid values and duplicate parameters, TypeError for anything but parameters, with torch's message
   */
  constructor(params: GivenParams<AdamOptions>, options?: AdamOptions) {
    super(adam, params, options);
  }
}

/**
 * Adam with decoupled weight decay, like torch.optim.AdamW.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 * @example
 * import { Parameter } from 'convnd';
 * import { AdamW } from 'convnd/train';
 * const weight = new Parameter(new Float32Array([4]), [1]);
 * const optimizer = new AdamW([weight], { lr: 0.5, weightDecay: 0.5 });
 * weight.grad = [0];
 * optimizer.step();
 * console.log(weight.data.join()); // 3
 */
export class AdamW extends Optimizer<AdamOptions> {
  /**
   * @param params the parameters to optimize, or groups `{ params, lr, … }` with their own options
   * @param options defaults for all groups
   * @throws RangeError for invalid values and duplicate parameters, TypeError for anything but parameters, with torch's message
   */
  constructor(params: GivenParams<AdamOptions>, options?: AdamOptions) {
    super(adamW, params, options);
  }
}
