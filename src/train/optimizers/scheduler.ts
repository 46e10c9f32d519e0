// Schedulers: learning rates by the number of the epoch.

import { optionsObject, whole } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { Optimizer } from './optimizer.js';

/** A scheduler's state dict, under torch's names. */
export interface SchedulerState {
  base_lrs: number[];
  last_epoch: number;
  [name: string]: unknown;
}

type AnyOptimizer = Optimizer<{ lr?: number }>;

/** An optimiser of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: options occur in both directions, so that no narrower type holds all optimisers
export type Scheduled = Optimizer<any>;

/** The common base of the schedulers; not constructed itself. */
export abstract class Scheduler {
  readonly optimizer: Scheduled;
  /** The learning rates of the groups before any scheduler. */
  baseLrs: number[];
  /** How many times `step` was called. */
  lastEpoch = 0;
  readonly #name: string;

  protected constructor(name: string, optimizer: Scheduled) {
    if (!(optimizer instanceof Optimizer))
      refuseKind(() => name, `${describe(optimizer)} is not an Optimizer`);
    this.#name = name;
    this.optimizer = optimizer;
    this.baseLrs = this.#groups.map((group) => (group.initialLr ??= group.lr));
  }

  get #groups() {
    return (this.optimizer as AnyOptimizer).paramGroups;
  }

  /** The learning rate of a group after a number of epochs. */
  protected abstract lrAfter(epoch: number, base: number, group: number): number;

  /** What torch calls the scheduler's own numbers. */
  protected abstract ownState(): Record<string, number>;

  /** Takes over the scheduler's own numbers, which are there. */
  protected abstract loadOwnState(state: Record<string, number>): void;

  /** Begins the next epoch: sets the learning rate of each group. To be called after the optimiser's `step`. */
  step(): void {
    this.lastEpoch++;
    this.apply();
  }

  /** The learning rates as they were set last, one for each group. */
  getLastLr(): number[] {
    return this.baseLrs.map((base, group) => this.lrAfter(this.lastEpoch, base, group));
  }

  /** What a scheduler goes on with, under torch's names. The learning rates themselves are in the optimiser's state dict. */
  stateDict(): SchedulerState {
    return {
      ...this.ownState(),
      base_lrs: [...this.baseLrs],
      last_epoch: this.lastEpoch,
      _step_count: this.lastEpoch + 1,
      _last_lr: this.getLastLr(),
    };
  }

  /**
   * Goes on where another scheduler of this kind stopped. Nothing is changed where something doesn't fit.
   * @param state as from `stateDict`, here or in torch
   * @throws TypeError if a number is missing
   */
  loadStateDict(state: SchedulerState): void {
    const where = this.where;
    const { base_lrs, last_epoch } = state ?? {};
    if (!Array.isArray(base_lrs) || base_lrs.some((lr) => typeof lr !== 'number'))
      refuseKind(where, `base_lrs must be a list of numbers, but got ${describe(base_lrs)}`);
    if (base_lrs.length !== this.#groups.length) {
      refuse(where, `base_lrs has ${base_lrs.length} learning rates for ${this.#groups.length} groups`);
    }
    const names = Object.keys(this.ownState());
    const own = names.map((name): [string, number] => [name, numeric(state[name], name, where)]);
    const epoch = whole(last_epoch, 'last_epoch', where);
    this.loadOwnState(Object.fromEntries(own));
    this.baseLrs = [...base_lrs];
    this.lastEpoch = epoch;
  }

  /** Sets the learning rates. */
  protected apply(): void {
    this.getLastLr().forEach((lr, i) => {
      this.#groups[i].lr = lr;
    });
  }

  protected get where(): Where {
    return () => this.#name;
  }
}

function numeric(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number') refuseKind(where, `${name} must be a number, but got ${describe(value)}`);
  return value;
}

/** @throws TypeError or RangeError for anything but a whole number from 1 on */
function period(value: unknown, name: string, where: Where): number {
  const count = whole(value, name, where);
  if (count < 1) refuse(where, `${name} must be 1 or more, but got ${count}`);
  return count;
}

/**
 * Multiplies the learning rates by gamma every `stepSize` epochs, as torch.optim.lr_scheduler.StepLR.
 *
 * The rate is computed from the first one and the epoch, not from the last one: who assigns another rate in between has it until the
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
   * @param stepSize epochs with one learning rate
   * @param options.gamma default 0.1
   */
  constructor(optimizer: Scheduled, stepSize: number, options: { gamma?: number } = {}) {
    super('StepLR', optimizer);
    optionsObject(options, ['gamma'], this.where);
    this.#stepSize = period(stepSize, 'step_size', this.where);
    this.#gamma = numeric(options.gamma ?? 0.1, 'gamma', this.where);
    this.apply();
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

/**
 * Lets the learning rates fall along half a cosine, as torch.optim.lr_scheduler.CosineAnnealingLR. After `tMax` epochs they rise again.
 *
 * The rate is computed from the first one and the epoch, not from the last one: who assigns another rate in between has it until the
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
   * @param tMax epochs until the least learning rate
   * @param options.etaMin the least learning rate, default 0
   */
  constructor(optimizer: Scheduled, tMax: number, options: { etaMin?: number } = {}) {
    super('CosineAnnealingLR', optimizer);
    optionsObject(options, ['etaMin'], this.where);
    this.#tMax = period(tMax, 'T_max', this.where);
    this.#etaMin = numeric(options.etaMin ?? 0, 'eta_min', this.where);
    this.apply();
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
