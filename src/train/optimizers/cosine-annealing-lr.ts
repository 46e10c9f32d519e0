// The CosineAnnealingLR learning rate scheduler.

import { numeric, optionsObject } from '../../core/arguments.js';
import { period, type Scheduled, Scheduler } from './scheduler.js';

/**
 * Decreases the learning rates along half a cosine, like torch.optim.lr_scheduler.CosineAnnealingLR. After `tMax` epochs they increase
 * again.
 *
 * Each rate is computed from the initial rate and the epoch, not from the previous rate: a rate that you assign is overwritten by the
 * next `step`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 * @example
 * import { Parameter } from 'convnd';
 * import { CosineAnnealingLR, SGD } from 'convnd/train';
 * const optimizer = new SGD([new Parameter(new Float32Array(1), [1])], { lr: 1 });
 * const scheduler = new CosineAnnealingLR(optimizer, 10, { etaMin: 0.5 });
 * for (let epoch = 0; epoch < 10; epoch++) scheduler.step();
 * console.log(optimizer.paramGroups[0].lr); // 0.5
 */
export class CosineAnnealingLR extends Scheduler {
  #tMax: number;
  #etaMin: number;

  /**
   * @param optimizer the optimizer whose learning rates are set
   * @param tMax number of epochs until the minimum learning rate
   * @param options.etaMin the minimum learning rate, default 0
   * @throws TypeError for wrong types, RangeError for `tMax` below 1
   */
  constructor(optimizer: Scheduled, tMax: number, options: { etaMin?: number | undefined } = {}) {
    super('CosineAnnealingLR', optimizer, ['tMax', 'etaMin']);
    optionsObject(options, ['etaMin'], this.where);
    this.#tMax = period(tMax, 'T_max', this.where);
    this.#etaMin = numeric(options.etaMin ?? 0, 'eta_min', this.where);
    this.begin(0, this.baseLrs);
  }

  protected lrAfter(epoch: number, base: number): number {
    return this.#etaMin + ((base - this.#etaMin) * (1 + Math.cos((Math.PI * epoch) / this.#tMax))) / 2;
  }

  protected ownState() {
    return { T_max: this.#tMax, eta_min: this.#etaMin };
  }

  protected loadOwnState({ T_max, eta_min }: Record<string, number>): void {
    this.#tMax = period(T_max, 'T_max', this.where);
    this.#etaMin = eta_min;
  }
}
