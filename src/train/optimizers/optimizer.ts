// Optimizer: what all optimisers share: groups of parameters with their options, what is remembered of each parameter, steps.

import { optionsObject } from '../../core/arguments.js';
import { asList, refuse, refuseKind, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { writableValuesOf } from '../../layers/inside.js';
import type { Parameter } from '../../layers/parameter.js';
import {
  checkKinds,
  type GivenGroup,
  type GivenParams,
  groupsOf,
  type ParamGroup,
  parametersOf,
} from './groups.js';
import { Memory } from './memory.js';
import { type OptimizerState, readOptimizerState, writeOptimizerState } from './optimizer-state.js';
import type { Rule } from './rule.js';

/** The abstract base class of the optimisers. */
export abstract class Optimizer<O extends object> {
  /** The groups, in order. Options may be assigned between steps: `optimizer.paramGroups[0].lr = 1e-4`. */
  readonly paramGroups: ParamGroup<O>[] = [];
  readonly #rule: Rule<O>;
  readonly #where: Where;
  readonly #defaults: Required<O>;
  readonly #memories = new Map<Parameter, Memory>();

  protected constructor(rule: Rule<O>, params: GivenParams<O>, options: O | undefined) {
    const where = () => rule.name;
    this.#rule = rule;
    this.#where = where;
    optionsObject(options, Object.keys(rule.defaults), where);
    this.#defaults = withDefaults(rule.defaults, options);
    checkKinds(this.#defaults, rule.defaults, where);
    rule.check(this.#defaults, where);
    for (const group of groupsOf(params, where)) this.addParamGroup(group);
    if (this.paramGroups.length === 0) refuse(where, 'optimizer got an empty parameter list');
  }

  /**
   * Adds parameters with their own options, as torch's `add_param_group`. Missing options are the optimiser's.
   * @throws RangeError for a parameter that is already in a group, TypeError for anything but parameters
   * @example
   * import { Conv1d } from 'convnd';
   * import { Adam } from 'convnd/train';
   * const optimizer = new Adam(new Conv1d(1, 1, 3).parameters(), { lr: 0.01 });
   * optimizer.addParamGroup({ params: new Conv1d(1, 1, 1).parameters(), lr: 0.001 });
   * console.log(optimizer.paramGroups.map(({ lr }) => lr).join()); // 0.01,0.001
   */
  addParamGroup(group: GivenGroup<O>): void {
    const where = this.#where;
    if (typeof group !== 'object' || group === null) refuseKind(where, 'param_group must be a dict');
    const { params: given, ...options } = group;
    optionsObject(options, [...Object.keys(this.#rule.defaults), 'initialLr'], where);
    const params = parametersOf(given, where);
    if (new Set(params).size < params.length)
      refuse(where, 'optimizer contains a parameter group with duplicate parameters');
    const there = new Set(this.paramGroups.flatMap((other) => other.params));
    if (params.some((parameter) => there.has(parameter)))
      refuse(where, 'some parameters appear in more than one parameter group');
    const made = { ...withDefaults(this.#defaults, options as unknown as O), params };
    checkKinds(made, this.#defaults, where);
    this.#rule.check(made, where);
    this.paramGroups.push(made);
  }

  /**
   * Updates every parameter that has a gradient. Parameters without one do not change.
   * @throws TypeError if an assigned option has the wrong type, RangeError if a gradient's memory was detached; then nothing changes
   * @example
   * import { Parameter } from 'convnd';
   * import { SGD } from 'convnd/train';
   * const weight = new Parameter(new Float32Array([1]), [1]);
   * weight.grad = [2];
   * new SGD([weight], { lr: 0.25 }).step();
   * console.log(weight.data[0]); // 0.5
   */
  step(): void {
    this.#checkStep();
    for (const group of this.paramGroups) {
      for (const parameter of group.params) {
        const { grad } = parameter;
        if (!grad) continue;
        let memory = this.#memories.get(parameter);
        if (!memory) this.#memories.set(parameter, (memory = new Memory(parameter.shape)));
        this.#rule.update(writableValuesOf(parameter), grad.data, group, memory);
      }
    }
  }

  /**
   * Sets the gradients of all parameters to null, as torch's `zero_grad` since 2.0.
   * @param options.setToNone `false` fills them with zeros instead, in place; parameters with momentum or weight decay then still change
   */
  zeroGrad(options: { setToNone?: boolean | undefined } = {}): void {
    optionsObject(options, ['setToNone'], this.#where);
    const { setToNone = true } = options;
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        if (setToNone) parameter.grad = null;
        else parameter.grad?.data.fill(0);
      }
    }
  }

  /**
   * Copies of the optimiser's state and options, with torch's structure and names: `state` by the index of the parameter, counted in
   * the order of the groups, and `param_groups`.
   */
  stateDict(): OptimizerState {
    return writeOptimizerState(this.paramGroups, this.#memories, this.#rule);
  }

  /**
   * Continues from the state of another optimiser of the same kind. Nothing is changed if the state does not match.
   * @param dict as returned by `stateDict`, here or in torch
   * @throws RangeError if groups, parameters or shapes differ, or it belongs to another kind of optimiser
   * @example
   * import { Parameter } from 'convnd';
   * import { SGD } from 'convnd/train';
   * const [weight, other] = [0, 1].map(() => new Parameter(new Float32Array(1), [1]));
   * const optimizer = new SGD([weight], { lr: 0.5, momentum: 0.5 });
   * weight.grad = [1];
   * optimizer.step();
   * const again = new SGD([other]);
   * again.loadStateDict(optimizer.stateDict());
   * console.log(again.paramGroups[0].lr, again.stateDict().state[0]?.momentum_buffer); // 0.5 { data: Float32Array(1) [ 1 ], shape: [ 1 ] }
   */
  loadStateDict(dict: OptimizerState): void {
    const { groups, memories } = readOptimizerState(dict, this.paramGroups, this.#rule, this.#where);
    groups.forEach((options, i) => {
      Object.assign(this.paramGroups[i], options);
    });
    this.#memories.clear();
    for (const [parameter, memory] of memories) this.#memories.set(parameter, memory);
  }

  /** Looks at everything that a step reads, so that none stops half-way. */
  #checkStep(): void {
    for (const group of this.paramGroups) {
      checkKinds(group, this.#defaults, this.#where);
      parametersOf(group.params, this.#where);
      for (const { grad, shape } of group.params) {
        if (grad && grad.data.length !== product(shape)) {
          const sizes = `${grad.data.length} values for a parameter of shape ${asList(shape)}`;
          refuse(this.#where, `a gradient has ${sizes}: its shape was changed, or its memory given away`);
        }
      }
    }
  }
}

/** Options, and the usual ones where they are left out. */
function withDefaults<O extends object>(usual: Required<O>, options: O | undefined): Required<O> {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return { ...usual, ...Object.fromEntries(given) };
}
