// The RMSprop optimizer.

import { refuse } from '../../core/errors.js';
import type { GivenParams } from './groups.js';
import { Optimizer } from './optimizer.js';
import type { Rule } from './rule.js';

/** Options of `RMSprop`. */
export interface RMSpropOptions {
  /** learning rate, default 0.01 */
  lr?: number | undefined;
  /** momentum factor, default 0 */
  momentum?: number | undefined;
  /** decay rate of the running average of the squared gradient, default 0.99 */
  alpha?: number | undefined;
  /** added to the denominator, default 1e-8 */
  eps?: number | undefined;
  /** divide by the standard deviation of the gradient instead of its root mean square, default false */
  centered?: boolean | undefined;
  /** weight decay: weightDecay · parameter is added to the gradient, default 0 */
  weightDecay?: number | undefined;
  /** maximize instead of minimize, default false */
  maximize?: boolean | undefined;
}

const none = new Float32Array(0);

const rule: Rule<RMSpropOptions> = {
  name: 'RMSprop',
  defaults: {
    lr: 0.01,
    momentum: 0,
    alpha: 0.99,
    eps: 1e-8,
    centered: false,
    weightDecay: 0,
    maximize: false,
  },
  required: ['step', 'square_avg'],
  optional: ['momentum_buffer', 'grad_avg'],

  check({ lr, momentum, alpha, eps, weightDecay }, where) {
    // negated, so that NaN is rejected, as in torch
    if (!(lr >= 0)) refuse(where, `Invalid learning rate: ${lr}`);
    if (!(eps >= 0)) refuse(where, `Invalid epsilon value: ${eps}`);
    if (!(momentum >= 0)) refuse(where, `Invalid momentum value: ${momentum}`);
    if (!(weightDecay >= 0)) refuse(where, `Invalid weight_decay value: ${weightDecay}`);
    if (!(alpha >= 0)) refuse(where, `Invalid alpha value: ${alpha}`);
  },

  update(values, gradient, options, memory) {
    memory.steps++;
    const { lr, momentum, alpha, eps, centered, weightDecay, maximize } = options;
    const square = memory.array('square_avg');
    const mean = centered ? memory.array('grad_avg') : none;
    const buffer = momentum > 0 ? memory.array('momentum_buffer') : none;
    const sign = maximize ? -1 : 1;
    const share = 1 - alpha;
    for (let i = 0; i < values.length; i++) {
      let slope = sign * gradient[i];
      if (weightDecay !== 0) slope += weightDecay * values[i];
      const v = alpha * square[i] + share * slope * slope;
      square[i] = v;
      let variance = v;
      if (centered) {
        const m = alpha * mean[i] + share * slope;
        mean[i] = m;
        // rounding may make the difference slightly negative; torch takes the square root regardless
        variance = Math.max(v - m * m, 0);
      }
      let move = slope / (Math.sqrt(variance) + eps);
      if (momentum > 0) buffer[i] = move = momentum * buffer[i] + move;
      values[i] -= lr * move;
    }
  },
};

/**
 * The RMSprop optimizer, like torch.optim.RMSprop. Computes in float64 and rounds each stored value once to float32.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 * @example
 * import { Parameter } from 'convnd';
 * import { RMSprop } from 'convnd/train';
 * const weight = new Parameter(new Float32Array([1, 2]), [2]);
 * const optimizer = new RMSprop([weight], { lr: 0.5, alpha: 0.75 });
 * weight.grad = [1, -1000];
 * optimizer.step();
 * console.log(weight.data.map((value) => Math.round(1000 * value)).join()); // 0,3000
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  /**
   * @param params the parameters to optimize, or groups `{ params, lr, … }` with their own options
   * @param options defaults for all groups
   * @throws RangeError for invalid values and duplicate parameters, TypeError for anything but parameters, with torch's message
   */
  constructor(params: GivenParams<RMSpropOptions>, options?: RMSpropOptions) {
    super(rule, params, options);
  }
}
