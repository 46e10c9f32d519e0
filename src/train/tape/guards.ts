// Guards: whether what backward needs is still what it was when it was recorded. Changed in between, gradients would be wrong silently.

import { describe } from '../../core/errors.js';
import type { Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';
import { isExposed } from '../../layers/inside.js';
import { exposure, Parameter } from '../../layers/parameter.js';
import { Intermediate } from '../tensors/intermediate.js';
import { type Fingerprint, fingerprintOf, matchesFingerprint } from './fingerprint.js';

/** The values of a parameter when they were first handed out. Until then none but `version` can tell of a change. */
const whenExposed = new WeakMap<Parameter, Fingerprint>();

/** Looks at every parameter before its values are handed out, from now on. */
export function watchParameters(): void {
  exposure.watcher ??= (values, parameter) => whenExposed.set(parameter, fingerprintOf(values));
}

/** Tensors that must stay as they are until backward. */
export class Guards {
  /** by what stays the same object: a parameter, a resident tensor, the array of a plain one */
  readonly #fingerprints = new Map<object, { tensor: Tensor; print: Fingerprint }>();
  readonly #versions = new Map<Parameter, { version: number; print: Fingerprint | undefined }>();

  /** Notes what a tensor is now. One that nobody was handed the numbers of can't change. */
  watch(tensor: Tensor): void {
    if (tensor instanceof Parameter) {
      this.#watchParameter(tensor);
      return;
    }
    if (tensor instanceof Intermediate && !tensor.isRead) return;
    const key = tensor instanceof ResidentTensor && !(tensor instanceof Intermediate) ? tensor : tensor.data;
    if (!this.#fingerprints.has(key)) this.#fingerprints.set(key, { tensor, print: fingerprintOf(tensor) });
  }

  /** Notes what a parameter is now: without reading it where nobody was handed its values. */
  #watchParameter(parameter: Parameter): void {
    if (this.#versions.has(parameter)) return;
    const print = isExposed(parameter) ? fingerprintOf(parameter) : undefined;
    this.#versions.set(parameter, { version: parameter.version, print });
  }

  /**
   * Compares all of them.
   * @throws RangeError with torch's messages for the first that changed
   */
  check(): void {
    for (const [parameter, { version, print }] of this.#versions) {
      if (parameter.version !== version)
        refuseChanged(parameter, `is at version ${parameter.version}; expected version ${version} instead`);
      const known = print ?? whenExposed.get(parameter);
      if (known && isExposed(parameter) && !matchesFingerprint(parameter, known))
        refuseChanged(parameter, 'has other values now');
    }
    for (const { tensor, print } of this.#fingerprints.values())
      if (!matchesFingerprint(tensor, print)) refuseChanged(tensor, 'has other values now');
  }
}

/** @throws RangeError in torch's words */
function refuseChanged({ shape }: Tensor, how: string): never {
  throw new RangeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of shape ` +
      `${describe(shape)} ${how}. Change it after backward, or give record a copy`,
  );
}
