// The StepLR learning rate scheduler.

import { numeric, optionsObject } from '../../core/arguments.js';
import { period, type Scheduled, Scheduler } from './scheduler.js';

/**
 * Multiplies the learning rates by gamma every `stepSize` epochs, like torch.optim.lr_scheduler.StepLR.
 *
 * Each rate is computed from the initial rate and the epoch, not from the previous rate: a rate that you assign is overwritten by the
 * next `step`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 * @example
 * import { Parameter } from 'convnd';
 * import { SGD, StepLR } from 'convnd/train';
 * const optimizer = new SGD([new Parameter(new Float32Array(1), [1])], { lr: 1 });
 * const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
 * for (let epoch = 0; epoch < 4; epoch++) scheduler.step();
 * console.log(optimizer.paramGroups[0].lr, scheduler.getLastLr().join()); // 0.25 0.25
 */
export class StepLR extends Scheduler {
  #stepSize: number;
  #gamma: number;

  /**
   * @param optimizer the optimizer whose learning rates are set
   * @param stepSize number of epochs between two decays
   * @param options.gamma factor of each decay, default 0.1
   * @throws TypeError for wrong types, RangeError for `stepSize` below 1
   */
  constructor(optimizer: Scheduled, stepSize: number, options: { gamma?: number | undefined } = {}) {
    super('StepLR', optimizer, ['stepSize', 'gamma']);
    optionsObject(options, ['gamma'], this.where);
    this.#stepSize = period(stepSize, 'step_size', this.where);
    this.#gamma = numeric(options.gamma ?? 0.1, 'gamma', this.where);
    this.begin(0, this.baseLrs);
  }

  protected lrAfter(epoch: number, base: number): number {
    return base * this.#gamma ** Math.floor(epoch / this.#stepSize);
  }

  protected ownState() {
    return { step_size: this.#stepSize, gamma: this.#gamma };
  }

  protected loadOwnState({ step_size, gamma }: Record<string, number>): void {
    this.#stepSize = period(step_size, 'step_size', this.where);
    this.#gamma = gamma;
  }
}
