// The LambdaLR learning rate scheduler.

import { numeric } from '../../core/arguments.js';
import { describe, refuse, refuseKind } from '../../core/errors.js';
import { type Scheduled, Scheduler } from './scheduler.js';

/**
 * Multiplies the initial learning rates by a function of the epoch, like torch.optim.lr_scheduler.LambdaLR.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 * @example
 * import { Parameter } from 'convnd';
 * import { LambdaLR, SGD } from 'convnd/train';
 * const optimizer = new SGD([new Parameter(new Float32Array(1), [1])], { lr: 8 });
 * const warmUp = new LambdaLR(optimizer, (epoch) => Math.min(1, (epoch + 1) / 4));
 * console.log(optimizer.paramGroups[0].lr); // 2
 */
export class LambdaLR extends Scheduler {
  readonly #factors: readonly ((epoch: number) => number)[];

  /**
   * @param optimizer the optimizer whose learning rates are set
   * @param lrLambda returns the factor for an epoch, counted from 0; or a list with one function per group
   * @throws TypeError for anything but functions, RangeError for a list of the wrong length
   */
  constructor(
    optimizer: Scheduled,
    lrLambda: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
  ) {
    super('LambdaLR', optimizer, ['lrLambda']);
    const count = this.baseLrs.length;
    const factors = Array.isArray(lrLambda) ? [...lrLambda] : new Array(count).fill(lrLambda);
    if (factors.length !== count)
      refuse(this.where, `Expected ${count} lr_lambdas, but got ${factors.length}`);
    if (factors.some((factor) => typeof factor !== 'function'))
      refuseKind(this.where, `lr_lambda must be a function, but got ${describe(lrLambda)}`);
    this.#factors = factors;
    this.begin(0, this.baseLrs);
  }

  protected lrAfter(epoch: number, base: number, group: number): number {
    return base * numeric(this.#factors[group](epoch), 'the result of lr_lambda', this.where);
  }

  protected ownState() {
    return {};
  }

  protected loadOwnState(): void {}
}
