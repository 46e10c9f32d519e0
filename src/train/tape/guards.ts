// Guards: whether what backward needs is still what it was when it was recorded. Changed in between, gradients would be wrong silently.

import { describe } from '../../core/errors.js';
import type { Tensor } from '../../core/tensor.js';
import { ResidentTensor } from '../../engine/resident.js';
import { isExposed } from '../../layers/inside.js';
import { exposure, Parameter } from '../../layers/parameter.js';
import { Intermediate } from '../tensors/intermediate.js';
import { hasPrint, type Print, printOf } from './fingerprint.js';

/** The values of a parameter when they were first handed out. Until then none but `version` can tell of a change. */
const whenExposed = new WeakMap<Parameter, Print>();

/** Looks at every parameter before its values are handed out, from now on. */
export function watchParameters(): void {
  exposure.watcher ??= (values, parameter) => whenExposed.set(parameter, printOf(values));
}

/** Tensors that must stay as they are until backward. */
export class Guards {
  /** by what stays the same object: a parameter, a resident tensor, the array of a plain one */
  readonly #prints = new Map<object, { tensor: Tensor; print: Print }>();
  readonly #versions = new Map<Parameter, { version: number; print: Print | undefined }>();

  /** Notes what a tensor is now. One that nobody was handed the numbers of can't change. */
  watch(tensor: Tensor): void {
    if (tensor instanceof Parameter) {
      this.#watchParameter(tensor);
      return;
    }
    if (tensor instanceof Intermediate && !tensor.isRead) return;
    const key = tensor instanceof ResidentTensor && !(tensor instanceof Intermediate) ? tensor : tensor.data;
    if (!this.#prints.has(key)) this.#prints.set(key, { tensor, print: printOf(tensor) });
  }

  /** Notes what a parameter is now: without reading it where nobody was handed its values. */
  #watchParameter(parameter: Parameter): void {
    if (this.#versions.has(parameter)) return;
    const print = isExposed(parameter) ? printOf(parameter) : undefined;
    this.#versions.set(parameter, { version: parameter.version, print });
  }

  /**
   * Compares all of them.
   * @throws RangeError in torch's words for the first that changed
   */
  check(): void {
    for (const [parameter, { version, print }] of this.#versions) {
      if (parameter.version !== version)
        refuseChanged(parameter, `is at version ${parameter.version}; expected version ${version} instead`);
      const known = print ?? whenExposed.get(parameter);
      if (known && isExposed(parameter) && !hasPrint(parameter, known))
        refuseChanged(parameter, 'has other values now');
    }
    for (const { tensor, print } of this.#prints.values())
      if (!hasPrint(tensor, print)) refuseChanged(tensor, 'has other values now');
  }
}

/** @throws RangeError in torch's words */
function refuseChanged({ shape }: Tensor, how: string): never {
  throw new RangeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of shape ` +
      `${describe(shape)} ${how}. Change it after backward, or give record a copy`,
  );
}
