// SGD: stochastic gradient descent, with momentum where it is asked for.

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
  /** dampening of the gradient in the momentum, default 0 */
  dampening?: number | undefined;
  /** weight decay: this multiple of each parameter is added to its gradient; default 0 */
  weightDecay?: number | undefined;
  /** Nesterov's momentum, default false */
  nesterov?: boolean | undefined;
  /** maximise instead of minimise, default false */
  maximize?: boolean | undefined;
}

const BUFFER = 'momentum_buffer';

const rule: Rule<SGDOptions> = {
  name: 'SGD',
  defaults: { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
  required: [],
  optional: [BUFFER],

  check({ lr, momentum, dampening, weightDecay, nesterov }, where) {
    // as in torch NaN passes: `lr < 0` is false for it
    if (lr < 0) refuse(where, `Invalid learning rate: ${lr}`);
    if (momentum < 0) refuse(where, `Invalid momentum value: ${momentum}`);
    if (weightDecay < 0) refuse(where, `Invalid weight_decay value: ${weightDecay}`);
    if (nesterov && (momentum <= 0 || dampening !== 0))
      refuse(where, 'Nesterov momentum requires a momentum and zero dampening');
  },

  update(values, gradient, { lr, momentum, dampening, weightDecay, nesterov, maximize }, memory) {
    const sign = maximize ? -1 : 1;
    if (momentum === 0) return descend(values, gradient, sign, weightDecay, lr);
    // the first gradient is taken whole, whatever the dampening
    const share = memory.arrays.has(BUFFER) ? 1 - dampening : 1;
    roll(values, gradient, memory.array(BUFFER), sign, weightDecay, lr, momentum, share, nesterov);
  },
};

/** A step without momentum. */
function descend(
  values: Float32Array,
  gradient: Float32Array,
  sign: number,
  decay: number,
  lr: number,
): void {
  for (let i = 0; i < values.length; i++) {
    let slope = sign * gradient[i];
    if (decay !== 0) slope += decay * values[i];
    values[i] -= lr * slope;
  }
}

/** A step with momentum. */
function roll(
  values: Float32Array,
  gradient: Float32Array,
  buffer: Float32Array,
  sign: number,
  decay: number,
  lr: number,
  momentum: number,
  share: number,
  nesterov: boolean,
): void {
  for (let i = 0; i < values.length; i++) {
    let slope = sign * gradient[i];
    if (decay !== 0) slope += decay * values[i];
    const speed = momentum * buffer[i] + share * slope;
    buffer[i] = speed;
    values[i] -= lr * (nesterov ? slope + momentum * speed : speed);
  }
}

/**
 * Stochastic gradient descent, as torch.optim.SGD.
 *
 * Computed in float64 and rounded once to float32 when stored: the parameter, and its momentum.
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
   * @param params parameters, or groups `{ params, lr, … }` of them
   * @throws RangeError for values that torch rejects and for duplicate parameters, TypeError for anything but parameters
   */
  constructor(params: GivenParams<SGDOptions>, options?: SGDOptions) {
    super(rule, params, options);
  }
}
