// LambdaLR: learning rates by a formula.

import { describe, refuse, refuseKind } from '../../core/errors.js';
import { type Scheduled, Scheduler } from './scheduler.js';

/**
 * Multiplies the first learning rates by what a function gives for the epoch, as torch.optim.lr_scheduler.LambdaLR: every schedule that is
 * a formula.
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

  /** @param lrLambda a function of the epoch, from 0 on, or one for each group */
  constructor(
    optimizer: Scheduled,
    lrLambda: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
  ) {
    super('LambdaLR', optimizer);
    const count = this.baseLrs.length;
    const factors = Array.isArray(lrLambda) ? [...lrLambda] : new Array(count).fill(lrLambda);
    if (factors.length !== count)
      refuse(this.where, `Expected ${count} lr_lambdas, but got ${factors.length}`);
    if (factors.some((factor) => typeof factor !== 'function'))
      refuseKind(this.where, `lr_lambda must be a function, but got ${describe(lrLambda)}`);
    this.#factors = factors;
    this.apply();
  }

  protected lrAfter(epoch: number, base: number, group: number): number {
    return base * this.#factors[group](epoch);
  }

  protected ownState() {
    return {};
  }

  protected loadOwnState(): void {}
}
