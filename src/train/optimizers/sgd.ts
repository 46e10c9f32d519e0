// The SGD optimizer: stochastic gradient descent with optional momentum.

import { refuse } from '../../core/errors.js';
import type { GivenParams } from './groups.js';
import { Optimizer } from './optimizer.js';
import type { Rule } from './rule.js';

/** Options of `SGD`. */
export interface SGDOptions {
  /** learning rate, default 0.001 */
  lr?: number | undefined;
  /** momentum factor, default 0 */
  momentum?: number | undefined;
  /** dampening of momentum: the gradient is added to it with the factor 1 - dampening, default 0 */
  dampening?: number | undefined;
  /** weight decay: weightDecay · parameter is added to the gradient, default 0 */
  weightDecay?: number | undefined;
  /** Nesterov momentum, default false */
  nesterov?: boolean | undefined;
  /** maximize instead of minimize, default false */
  maximize?: boolean | undefined;
}

const BUFFER = 'momentum_buffer';

const rule: Rule<SGDOptions> = {
  name: 'SGD',
  defaults: { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
  required: [],
  optional: [BUFFER],

  check({ lr, momentum, dampening, weightDecay, nesterov }, where) {
    // not negated as in Adam, so that NaN is accepted, as in torch
    if (lr < 0) refuse(where, `Invalid learning rate: ${lr}`);
    if (momentum < 0) refuse(where, `Invalid momentum value: ${momentum}`);
    if (weightDecay < 0) refuse(where, `Invalid weight_decay value: ${weightDecay}`);
    if (nesterov && (momentum <= 0 || dampening !== 0))
      refuse(where, 'Nesterov momentum requires a momentum and zero dampening');
  },

  update(values, gradient, options, memory) {
    if (options.momentum === 0) return plainStep(values, gradient, options);
    // as in torch, the first gradient is not dampened
    const share = memory.arrays.has(BUFFER) ? 1 - options.dampening : 1;
    momentumStep(values, gradient, options, memory.array(BUFFER), share);
  },
};

/** A step without momentum. */
function plainStep(
  values: Float32Array,
  gradient: Float32Array,
  { lr, weightDecay, maximize }: Required<SGDOptions>,
): void {
  const sign = maximize ? -1 : 1;
  for (let i = 0; i < values.length; i++) {
    let slope = sign * gradient[i];
    if (weightDecay !== 0) slope += weightDecay * values[i];
    values[i] -= lr * slope;
  }
}

/** A step with momentum, to which a share of the gradient is added. */
function momentumStep(
  values: Float32Array,
  gradient: Float32Array,
  { lr, momentum, weightDecay, nesterov, maximize }: Required<SGDOptions>,
  buffer: Float32Array,
  share: number,
): void {
  const sign = maximize ? -1 : 1;
  for (let i = 0; i < values.length; i++) {
    let slope = sign * gradient[i];
    if (weightDecay !== 0) slope += weightDecay * values[i];
    const speed = momentum * buffer[i] + share * slope;
    buffer[i] = speed;
    values[i] -= lr * (nesterov ? slope + momentum * speed : speed);
  }
}

/**
 * Stochastic gradient descent with optional momentum, like torch.optim.SGD. Computes in float64 and rounds each stored value once to
 * float32.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 * @example
 * import { Parameter } from 'convnd';
 * import { SGD } from 'convnd/train';
 * const weight = new Parameter(new Float32Array([1, 2]), [2]);
 * const optimizer = new SGD([weight], { lr: 0.5 });
 * weight.grad = [1, -1];
 * optimizer.step();
 * console.log(weight.data.join()); // 0.5,2.5
 */
export class SGD extends Optimizer<SGDOptions> {
  /**
   * @param params the parameters to optimize, or groups `{ params, lr, … }` with their own options
   * @param options defaults for all groups
   * @throws RangeError for invalid values and duplicate parameters, TypeError for anything but parameters, with torch's message
   */
  constructor(params: GivenParams<SGDOptions>, options?: SGDOptions) {
    super(rule, params, options);
  }
}
