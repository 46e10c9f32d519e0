// Guards: detect that a tensor that backward needs was modified since it was recorded, which would make gradients silently wrong.

import { describe } from '../../core/errors.js';
import { type Shape, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident-tensor.js';
import { isExposed } from '../../layers/internals.js';
import { exposure, Parameter } from '../../layers/parameter.js';
import { Intermediate } from '../tensors/intermediate.js';
import { type Fingerprint, fingerprintOf, matchesFingerprint } from './fingerprint.js';

/** Fingerprints of parameters taken before `data` was first read. Before that, every change increments `version`. */
const whenExposed = new WeakMap<Parameter, Fingerprint>();

/** From now on, takes a fingerprint of each parameter before its `data` is first read. */
export function watchParameters(): void {
  exposure.watcher ??= (values, parameter) => whenExposed.set(parameter, fingerprintOf(values));
}

/** The tensors that must not be modified until backward. */
export class Guards {
  /** by identity: a resident tensor, or the array of any other tensor */
  readonly #fingerprints = new Map<object, { tensor: Tensor; print: Fingerprint }>();
  readonly #shapes: { tensor: Tensor; shape: Shape }[] = [];
  readonly #versions = new Map<Parameter, { version: number; print: Fingerprint | undefined }>();

  /** Remembers the current values of a tensor. Intermediate tensors whose `data` was never read can't be modified. */
  watch(tensor: Tensor): void {
    if (tensor instanceof Parameter) {
      this.#watchParameter(tensor);
      return;
    }
    if (tensor instanceof Intermediate && !tensor.isRead) return;
    const key = tensor instanceof ResidentTensor && !(tensor instanceof Intermediate) ? tensor : tensor.data;
    if (!this.#fingerprints.has(key)) this.#fingerprints.set(key, { tensor, print: fingerprintOf(tensor) });
  }

  /** Remembers the shape of a tensor. Those of parameters and resident tensors are frozen. */
  watchShape(given: TensorLike | null): void {
    const { shape } = (given ?? {}) as Partial<Tensor>;
    if (Array.isArray(shape) && !Object.isFrozen(shape))
      this.#shapes.push({ tensor: given as Tensor, shape: [...shape] });
  }

  /** Remembers the current values of a parameter: its version, and a fingerprint if user code has its array. */
  #watchParameter(parameter: Parameter): void {
    if (this.#versions.has(parameter)) return;
    const print = isExposed(parameter) ? fingerprintOf(parameter) : undefined;
    this.#versions.set(parameter, { version: parameter.version, print });
  }

  /**
   * Checks all watched tensors.
   * @throws RangeError with torch's message for the first that was modified
   */
  check(): void {
    for (const [parameter, { version, print }] of this.#versions) {
      if (parameter.version !== version)
        refuseChanged(parameter, `is at version ${parameter.version}; expected version ${version} instead`);
      const expected = print ?? whenExposed.get(parameter);
      if (expected && isExposed(parameter) && !matchesFingerprint(parameter, expected))
        refuseChanged(parameter, 'has other values now');
    }
    for (const { tensor, shape } of this.#shapes)
      if (!tensor.shape || !sameShape(tensor.shape, shape))
        refuseChanged(tensor, `had shape ${describe(shape)}`);
    for (const { tensor, print } of this.#fingerprints.values())
      if (tensor instanceof ResidentTensor && tensor.whyFreed) refuseChanged(tensor, 'is disposed');
      else if (!matchesFingerprint(tensor, print)) refuseChanged(tensor, 'has other values now');
  }
}

/** @throws RangeError with torch's message */
function refuseChanged({ shape }: Tensor, how: string): never {
  throw new RangeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of shape ` +
      `${describe(shape)} ${how}. Change it after backward, or give record a copy`,
  );
}
