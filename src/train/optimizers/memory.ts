// The state of an optimizer for one parameter, such as its momentum, under torch's names.

import { allocate } from '../../core/tensor.js';

/** The number of steps, and arrays of the parameter's size. */
export class Memory {
  steps = 0;
  readonly shape: number[];
  readonly arrays = new Map<string, Float32Array>();

  constructor(shape: readonly number[]) {
    this.shape = [...shape];
  }

  /** The array of this name; created with zeros on first use. */
  array(name: string): Float32Array {
    let array = this.arrays.get(name);
    if (!array) {
      array = allocate([...this.shape], () => `an optimizer's ${name}`).data;
      this.arrays.set(name, array);
    }
    return array;
  }
}
