// Scheduler: what all schedulers share: learning rates by the number of the epoch.

import { whole } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { Optimizer } from './optimizer.js';

/** A scheduler's state dict, under torch's names. */
export interface SchedulerState {
  /** the learning rates of the groups before any scheduler */
  base_lrs: number[];
  /** how many times `step` was called */
  last_epoch: number;
  [name: string]: unknown;
}

type AnyOptimizer = Optimizer<{ lr?: number }>;

/** An optimiser of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: options occur in both directions, so that no narrower type holds all optimisers
export type Scheduled = Optimizer<any>;

/** The abstract base class of the schedulers. */
export abstract class Scheduler {
  /** the optimiser whose learning rates it sets */
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

  /** Starts the next epoch: sets the learning rate of each group. Call it after the optimiser's `step`. */
  step(): void {
    this.lastEpoch++;
    this.apply();
  }

  /** The current learning rates, one for each group. */
  getLastLr(): number[] {
    return this.baseLrs.map((base, group) => this.lrAfter(this.lastEpoch, base, group));
  }

  /** The state of the scheduler, with torch's names. The learning rates themselves are in the optimiser's state dict. */
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
   * Continues from the state of another scheduler of the same kind. Nothing is changed if the state does not match.
   * @param state as returned by `stateDict`, here or in torch
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

  /** @internal */
  protected get where(): Where {
    return () => this.#name;
  }
}

/** @throws TypeError for anything but a number */
export function numeric(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number') refuseKind(where, `${name} must be a number, but got ${describe(value)}`);
  return value;
}

/** @throws TypeError or RangeError for anything but an integer from 1 on */
export function period(value: unknown, name: string, where: Where): number {
  const count = whole(value, name, where);
  if (count < 1) refuse(where, `${name} must be 1 or more, but got ${count}`);
  return count;
}
