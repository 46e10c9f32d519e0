// Scheduler: the base class of the learning rate schedulers.

import { finite, numeric, whole } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { Optimizer } from './optimizer.js';
import { refuseNames } from './refuse-names.js';

/** A scheduler's state dict, under torch's names. */
export interface SchedulerState {
  /** the initial learning rates of the groups */
  base_lrs: number[];
  /** the number of calls of `step` */
  last_epoch: number;
  [name: string]: unknown;
}

type AnyOptimizer = Optimizer<{ lr?: number }>;

/** Any optimizer. */
export type Scheduled = Optimizer;

/** The abstract base class of all learning rate schedulers. */
export abstract class Scheduler {
  /** the optimizer whose learning rates are set */
  readonly optimizer: Scheduled;
  /** The initial learning rates of the groups. */
  baseLrs: number[];
  /** The number of calls of `step`. */
  lastEpoch = 0;
  readonly #name: string;
  /** the number of groups when the scheduler was made; more may have been added to the optimizer since */
  readonly #count: number;

  /** @param own the names of its own options, which are read once */
  protected constructor(name: string, optimizer: Scheduled, own: readonly string[]) {
    if (!(optimizer instanceof Optimizer))
      refuseKind(() => name, `${describe(optimizer)} is not an Optimizer`);
    this.#name = name;
    this.optimizer = optimizer;
    this.baseLrs = this.#groups.map((group) => (group.initialLr ??= group.lr));
    this.#count = this.baseLrs.length;
    Object.defineProperty(this, 'optimizer', { writable: false });
    refuseNames(this, own, 'make another scheduler, or load a state dict', this.where);
  }

  /** Not 'Object', for the reason that `Layer` gives. Equal to the class's name, which Node then prints once. */
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  get #groups() {
    return (this.optimizer as AnyOptimizer).paramGroups;
  }

  /** The learning rate of a group after a number of epochs. */
  protected abstract lrAfter(epoch: number, base: number, group: number): number;

  /** The scheduler's own parameters, under torch's names. */
  protected abstract ownState(): Record<string, number>;

  /** Sets the scheduler's own parameters. The caller has checked that all are numbers. */
  protected abstract loadOwnState(state: Record<string, number>): void;

  /**
   * Begins the next epoch: sets the learning rate of each group. Call it after the optimizer's `step`.
   * @throws TypeError or RangeError if an assigned `baseLrs` is no list with a number for each group, or `lastEpoch` no integer
   */
  step(): void {
    this.begin(whole(this.lastEpoch, 'lastEpoch', this.where) + 1, this.baseLrs);
  }

  /** The last computed learning rate of each group. */
  getLastLr(): number[] {
    return this.#ratesOf(this.lastEpoch, this.baseLrs);
  }

  /** The scheduler's state, under torch's names. The current learning rates are in the optimizer's state dict. */
  stateDict(): SchedulerState {
    const rates = this.getLastLr();
    return {
      ...this.ownState(),
      base_lrs: [...this.baseLrs],
      last_epoch: this.lastEpoch,
      _step_count: this.lastEpoch + 1,
      _last_lr: rates,
    };
  }

  /**
   * Restores the state of a scheduler of the same class, and sets the learning rates of that epoch. An invalid state changes nothing.
   * @param state a state dict, from `stateDict` or from torch
   * @throws TypeError if a number is missing, RangeError for another number of groups
   */
  loadStateDict(state: SchedulerState): void {
    const where = this.where;
    const { base_lrs, last_epoch } = state ?? {};
    this.#checkBaseLrs(base_lrs);
    const names = Object.keys(this.ownState());
    const own = names.map((name): [string, number] => [name, numeric(state[name], name, where)]);
    const epoch = whole(last_epoch, 'last_epoch', where);
    this.loadOwnState(Object.fromEntries(own));
    this.begin(epoch, [...base_lrs]);
  }

  /** Sets the learning rates of an epoch. All are computed first, so that a function of the caller that throws changes nothing. */
  protected begin(epoch: number, baseLrs: number[]): void {
    const rates = this.#ratesOf(epoch, baseLrs);
    this.baseLrs = baseLrs;
    this.lastEpoch = epoch;
    for (const [i, rate] of rates.entries()) this.#groups[i].lr = rate;
  }

  /** @throws TypeError for anything but a list of numbers, RangeError for NaN, infinities and another number of them than groups */
  #checkBaseLrs(rates: unknown): void {
    if (!Array.isArray(rates) || rates.some((rate) => typeof rate !== 'number'))
      refuseKind(this.where, `base_lrs must be a list of numbers, but got ${describe(rates)}`);
    for (const rate of rates) finite(rate, 'a learning rate of base_lrs', this.where);
    if (rates.length !== this.#count)
      refuse(this.where, `base_lrs has ${rates.length} learning rates for ${this.#count} groups`);
  }

  #ratesOf(epoch: number, baseLrs: readonly number[]): number[] {
    this.#checkBaseLrs(baseLrs);
    return baseLrs.map((base, group) => this.lrAfter(epoch, base, group));
  }

  /** @internal */
  protected get where(): Where {
    return () => this.#name;
  }
}

/** @throws TypeError or RangeError for anything but a positive integer */
export function period(value: unknown, name: string, where: Where): number {
  const count = whole(value, name, where);
  if (count < 1) refuse(where, `${name} must be 1 or more, but got ${count}`);
  return count;
}
