// RMSprop: gradients divided by the root of their mean square.

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
  /** smoothing constant of the average of squares, default 0.99 */
  alpha?: number | undefined;
  /** added to the divisor, default 1e-8 */
  eps?: number | undefined;
  /** divide by the standard deviation of the gradient instead of its root mean square; default false */
  centered?: boolean | undefined;
  /** weight decay: this multiple of each parameter is added to its gradient; default 0 */
  weightDecay?: number | undefined;
  /** maximise instead of minimise, default false */
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
    // as in torch NaN is refused: `0 <= lr` is false for it
    if (!(lr >= 0)) refuse(where, `Invalid learning rate: ${lr}`);
    if (!(eps >= 0)) refuse(where, `Invalid epsilon value: ${eps}`);
    if (!(momentum >= 0)) refuse(where, `Invalid momentum value: ${momentum}`);
    if (!(weightDecay >= 0)) refuse(where, `Invalid weight_decay value: ${weightDecay}`);
    if (!(alpha >= 0)) refuse(where, `Invalid alpha value: ${alpha}`);
  },

  update(values, gradient, { lr, momentum, alpha, eps, centered, weightDecay, maximize }, memory) {
    memory.steps++;
    const square = memory.array('square_avg');
    const mean = centered ? memory.array('grad_avg') : none;
    const buffer = momentum > 0 ? memory.array('momentum_buffer') : none;
    const sign = maximize ? -1 : 1;
    divide(values, gradient, square, mean, buffer, sign, weightDecay, lr, alpha, eps, centered, momentum);
  },
};

function divide(
  values: Float32Array,
  gradient: Float32Array,
  square: Float32Array,
  mean: Float32Array,
  buffer: Float32Array,
  sign: number,
  decay: number,
  lr: number,
  alpha: number,
  eps: number,
  centered: boolean,
  momentum: number,
): void {
  const share = 1 - alpha;
  for (let i = 0; i < values.length; i++) {
    let slope = sign * gradient[i];
    if (decay !== 0) slope += decay * values[i];
    const v = alpha * square[i] + share * slope * slope;
    square[i] = v;
    let variance = v;
    if (centered) {
      const m = alpha * mean[i] + share * slope;
      mean[i] = m;
      // both averages are rounded, so their difference may fall a little below 0, of which torch takes the root all the same
      variance = Math.max(v - m * m, 0);
    }
    let move = slope / (Math.sqrt(variance) + eps);
    if (momentum > 0) buffer[i] = move = momentum * buffer[i] + move;
    values[i] -= lr * move;
  }
}

/**
 * RMSprop, as torch.optim.RMSprop.
 *
 * Computed in float64 and rounded once to float32 when stored: the parameter and its averages.
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
   * @param params parameters, or groups `{ params, lr, … }` of them
   * @throws RangeError for values that torch rejects and for duplicate parameters, TypeError for anything but parameters
   */
  constructor(params: GivenParams<RMSpropOptions>, options?: RMSpropOptions) {
    super(rule, params, options);
  }
}
