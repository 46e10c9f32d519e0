// Optimizer: the base class of all optimizers: parameter groups, state dicts and steps.

import { copyOfOptions, flag, optionsObject } from '../../core/arguments.js';
import { asList, describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { writableValuesOf } from '../../layers/internals.js';
import type { Parameter } from '../../layers/parameter.js';
import {
  checkTypes,
  type GivenGroup,
  type GivenParams,
  groupsOf,
  type ParamGroup,
  parametersOf,
} from './groups.js';
import { Memory } from './memory.js';
import {
  type OptimizerState,
  optionNames,
  readOptimizerState,
  writeOptimizerState,
} from './optimizer-state.js';
import { refuseNames } from './refuse-names.js';
import type { Rule } from './rule.js';

/** The abstract base class of all optimizers. `Optimizer` without a type argument is any of them. */
// biome-ignore lint/suspicious/noExplicitAny: options are both read and written, so no narrower type includes all optimizers
export abstract class Optimizer<O extends object = any> {
  /** The parameter groups. Options may be assigned between steps: `optimizer.paramGroups[0].lr = 1e-4`. */
  readonly paramGroups: ParamGroup<O>[] = [];
  readonly #rule: Rule<O>;
  readonly #where: Where;
  readonly #defaults: Required<O>;
  readonly #memories = new Map<Parameter, Memory>();
  /** the properties of a group */
  readonly #groupNames: readonly string[];

  protected constructor(rule: Rule<O>, params: GivenParams<O>, options: O | undefined) {
    const where = () => rule.name;
    this.#rule = rule;
    this.#where = where;
    this.#groupNames = [...optionNames(rule.defaults), 'params'];
    optionsObject(options, Object.keys(rule.defaults), where);
    this.#defaults = withDefaults(rule.defaults, options);
    checkTypes(this.#defaults, rule.defaults, where);
    rule.check(this.#defaults, where);
    for (const group of groupsOf(params, where)) this.addParamGroup(group);
    if (this.paramGroups.length === 0) refuse(where, 'optimizer got an empty parameter list');
    Object.defineProperty(this, 'paramGroups', { writable: false });
    const advice = 'options belong to its groups, as paramGroups[0].lr';
    refuseNames(this, [...this.#groupNames, 'learningRate', 'param_groups'], advice, where);
  }

  /** Not 'Object', for the reason that `Layer` gives. Equal to the class's name, which Node then prints once. */
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  /**
   * Adds a group of parameters, like torch's `add_param_group`. Options that are not given have the optimizer's defaults.
   * @throws RangeError for duplicate parameters, TypeError for anything but parameters, with torch's message
   * @example
   * import { Conv1d } from 'convnd';
   * import { Adam } from 'convnd/train';
   * const optimizer = new Adam(new Conv1d(1, 1, 3).parameters(), { lr: 0.01 });
   * optimizer.addParamGroup({ params: new Conv1d(1, 1, 1).parameters(), lr: 0.001 });
   * console.log(optimizer.paramGroups.map(({ lr }) => lr).join()); // 0.01,0.001
   */
  addParamGroup(group: GivenGroup<O>): void {
    const where = this.#where;
    if (typeof group !== 'object' || group === null || !('params' in group))
      refuseKind(where, `param_group must be a dict with params, but got ${describe(group)}`);
    optionsObject(group, this.#groupNames, where);
    const { params: given, ...options } = group;
    const params = parametersOf(given, where);
    if (new Set(params).size < params.length)
      refuse(where, 'optimizer contains a parameter group with duplicate parameters');
    const existing = new Set(this.paramGroups.flatMap((other) => other.params));
    if (params.some((parameter) => existing.has(parameter)))
      refuse(where, 'some parameters appear in more than one parameter group');
    const complete = { ...withDefaults(this.#defaults, options as unknown as O), params };
    checkTypes(complete, this.#defaults, where);
    this.#rule.check(complete, where);
    this.paramGroups.push(complete);
  }

  /**
   * Updates every parameter that has a gradient; others are skipped.
   * @param closure called first, as in torch: computes the gradients
   * @returns what the closure returned
   * @throws TypeError if the closure is no function or async, or an assigned option is unknown or has the wrong type, RangeError if the
   * buffer of a gradient is detached; then nothing is updated
   * @example
   * import { Parameter } from 'convnd';
   * import { SGD } from 'convnd/train';
   * const weight = new Parameter(new Float32Array([1]), [1]);
   * weight.grad = [2];
   * new SGD([weight], { lr: 0.25 }).step();
   * console.log(weight.data[0]); // 0.5
   */
  step<T = undefined>(closure?: () => T): T | undefined {
    if (closure !== undefined && typeof closure !== 'function')
      refuseKind(this.#where, `step: closure must be a function, but got ${describe(closure)}`);
    const result = closure?.();
    // its gradients are not there yet
    if (result instanceof Promise) refuseKind(this.#where, 'step: expected a closure that is not async');
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
    return result;
  }

  /**
   * Sets the gradients of all parameters to null, like torch's `zero_grad`.
   * @param options.setToNone if false, fills them with zeros instead: a step then still updates parameters by their momentum; default true
   */
  zeroGrad(options: { setToNone?: boolean | undefined } = {}): void {
    optionsObject(options, ['setToNone'], this.#where);
    const { setToNone = true } = options;
    flag(setToNone, 'set_to_none', this.#where);
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        if (setToNone) parameter.grad = null;
        else parameter.grad?.data.fill(0);
      }
    }
  }

  /**
   * A copy of the optimizer's state and options in torch's format: `state` by the index of the parameter, counted over all groups, and
   * `param_groups`.
   */
  stateDict(): OptimizerState {
    return writeOptimizerState(this.paramGroups, this.#memories, this.#rule);
  }

  /**
   * Restores the state of an optimizer of the same class. If it throws, nothing is changed.
   * @param dict a state dict, from `stateDict` or from torch
   * @throws RangeError if groups, parameters or shapes differ, or the dict is that of another class; TypeError for anything but a state dict
   * @example
   * import { Parameter } from 'convnd';
   * import { SGD } from 'convnd/train';
   * const [weight, other] = [0, 1].map(() => new Parameter(new Float32Array(1), [1]));
   * const optimizer = new SGD([weight], { lr: 0.5, momentum: 0.5 });
   * weight.grad = [1];
   * optimizer.step();
   * const restored = new SGD([other]);
   * restored.loadStateDict(optimizer.stateDict());
   * console.log(restored.paramGroups[0].lr, restored.stateDict().state[0]?.momentum_buffer); // 0.5 { data: Float32Array(1) [ 1 ], shape: [ 1 ] }
   */
  loadStateDict(dict: OptimizerState): void {
    const { groups, memories } = readOptimizerState(dict, this.paramGroups, this.#rule, this.#where);
    groups.forEach((options, i) => {
      Object.assign(this.paramGroups[i], options);
    });
    this.#memories.clear();
    for (const [parameter, memory] of memories) this.#memories.set(parameter, memory);
  }

  /** Checks everything that a step reads, so that no step fails half-way. */
  #checkStep(): void {
    for (const group of this.paramGroups) {
      // `paramGroups[0].learningRate = 1e-4` would be ignored
      optionsObject(group, this.#groupNames, this.#where);
      checkTypes(group, this.#defaults, this.#where);
      parametersOf(group.params, this.#where);
      for (const { grad, shape } of group.params) {
        if (grad && grad.data.length !== product(shape)) {
          const sizes = `${grad.data.length} values for a parameter of shape ${asList(shape)}`;
          refuse(this.#where, `a gradient has ${sizes}: its shape was changed, or its buffer is detached`);
        }
      }
    }
  }
}

/** Completes options with defaults. Lists such as `betas` are copied, so that a write to those of a group changes no other. */
function withDefaults<O extends object>(defaults: Required<O>, options: O | undefined): Required<O> {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return copyOfOptions({ ...defaults, ...Object.fromEntries(given) });
}
