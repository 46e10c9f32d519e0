// Memory: what an optimiser remembers of one parameter from step to step, under torch's names.

import { allocate } from '../../core/tensor.js';

/** Steps that were made, and arrays as large as the parameter. */
export class Memory {
  steps = 0;
  readonly shape: number[];
  readonly arrays = new Map<string, Float32Array>();

  constructor(shape: readonly number[]) {
    this.shape = [...shape];
  }

  /** The array of that name, of zeros where it was not there. */
  array(name: string): Float32Array {
    let array = this.arrays.get(name);
    if (!array) {
      array = allocate([...this.shape], () => `an optimiser's ${name}`).data;
      this.arrays.set(name, array);
    }
    return array;
  }
}
