// Input and output blocks of a stream: an array for one channel, a list with an array for each channel, or a tensor.

import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { hasNoStrides } from '../../core/foreign.js';
import { isTypedArray, type TypedArray, viewName } from '../../core/typed-array.js';
import { isSameMemory } from '../../engine/heap.js';
import { refuseComplex } from '../../sums/complex.js';
import { asSamples, type Dtype, type NumberArray, numbersOf, type SamplesLike } from '../../sums/samples.js';

/** A block of samples: an array for one channel; a list with an array for each channel, as an AudioWorklet passes it; or a tensor [n] or [channels, n]. */
export type FirBlock = TypedArray | readonly TypedArray[] | SamplesLike;

/** Where a result may be written: arrays of float32 or float64 in the same three forms. */
export type FirOutput =
  | NumberArray
  | readonly NumberArray[]
  | { readonly data: NumberArray; readonly shape: readonly number[] };

/** The form of a block. */
type Form = 'array' | 'list' | 'tensor';

/** The channels of a block: an array and an offset for each. Every call reuses the object and allocates nothing. */
export class BlockLines {
  readonly arrays: NumberArray[] = [];
  readonly offsets: number[] = [];
  form: Form = 'array';
  /** samples of each channel */
  count = 0;
  /** number of axes of a tensor */
  rank = 1;

  constructor(
    readonly channels: number,
    readonly dtype: Dtype,
    readonly name: string,
    readonly where: Where,
  ) {}

  /** Reads the caller's input block. */
  read(given: FirBlock): void {
    if (isTypedArray(given)) {
      this.#single(given as NumberArray);
    } else if (Array.isArray(given) && isTypedArray(given[0])) {
      this.#list(given);
    } else if (areFloats(given)) {
      refuseComplex(given, this.name, this.where);
      this.#tensor(given.data, given.shape);
    } else {
      const { data, shape } = asSamples(given as SamplesLike, this.dtype, this.name, this.where);
      this.#tensor(data, shape);
    }
    for (let channel = 0; channel < this.channels; channel++) {
      const array = this.arrays[channel];
      if (typeof (array[0] as unknown) === 'bigint') this.arrays[channel] = Float64Array.from(array, Number);
    }
  }

  /** Reads the caller's output block. */
  write(given: FirOutput, count: number): void {
    const tensor = given as { data?: unknown; shape?: unknown };
    if (isTypedArray(given)) this.#single(given as NumberArray);
    else if (Array.isArray(given)) this.#list(given);
    else if (isTypedArray(tensor?.data) && Array.isArray(tensor.shape))
      this.#tensor(tensor.data as NumberArray, tensor.shape);
    else
      refuseKind(
        this.where,
        `${this.name}: expected an array of floats, a list of them or { data, shape }, got ${describe(given)}`,
      );
    for (let i = 0; i < this.arrays.length; i++) {
      const kind = viewName(this.arrays[i]);
      if (kind !== 'Float32Array' && kind !== 'Float64Array')
        refuseKind(
          this.where,
          `${this.name}: expected a Float32Array or a Float64Array, got ${describe(this.arrays[i])}`,
        );
    }
    if (this.count !== count)
      refuse(
        this.where,
        `${this.name}: expected ${count} samples per channel, as the block has, got ${this.count}`,
      );
  }

  /** Allocates arrays in the form of a block. */
  like(block: BlockLines): NumberArray | NumberArray[] | { data: NumberArray; shape: number[] } {
    const { channels, count } = block;
    if (block.form === 'list') {
      const list = Array.from({ length: channels }, () => numbersOf(count, this.dtype));
      this.#list(list);
      return list;
    }
    const data = numbersOf(channels * count, this.dtype);
    const shape = block.rank === 1 ? [count] : [channels, count];
    this.#tensor(data, shape);
    return block.form === 'array' ? data : { data, shape };
  }

  #single(array: NumberArray): void {
    if (this.channels !== 1)
      refuse(
        this.where,
        `${this.name}: expected ${this.channels} channels, as a list of arrays or a tensor [${this.channels}, n], got one array`,
      );
    this.form = 'array';
    this.rank = 1;
    this.count = array.length;
    this.arrays[0] = array;
    this.offsets[0] = 0;
  }

  #list(list: readonly unknown[]): void {
    if (list.length !== this.channels)
      refuse(
        this.where,
        `${this.name}: expected ${this.channels} channels, got a list of ${list.length} arrays`,
      );
    this.form = 'list';
    for (let channel = 0; channel < list.length; channel++) {
      const array = list[channel];
      if (!isTypedArray(array))
        refuseKind(
          this.where,
          `${this.name}: expected a typed array for channel ${channel}, got ${describe(array)}`,
        );
      if (channel > 0 && array.length !== this.count)
        refuse(
          this.where,
          `${this.name}: channel ${channel} has ${array.length} samples, channel 0 has ${this.count}`,
        );
      this.count = array.length;
      this.arrays[channel] = array as NumberArray;
      this.offsets[channel] = 0;
    }
  }

  #tensor(data: NumberArray, shape: readonly number[]): void {
    const rank = shape.length;
    const count = rank === 0 ? 0 : shape[rank - 1];
    const channels = rank === 2 ? shape[0] : 1;
    if (rank < 1 || rank > 2 || channels !== this.channels)
      refuse(
        this.where,
        `${this.name}: expected a tensor [${this.channels}, n]${this.channels === 1 ? ' or [n]' : ''}, got shape ${describe(shape)}`,
      );
    if (channels * count !== data.length)
      refuse(
        this.where,
        `${this.name}: shape ${describe(shape)} is invalid for data of ${data.length} elements`,
      );
    this.form = 'tensor';
    this.rank = rank;
    this.count = count;
    for (let channel = 0; channel < channels; channel++) {
      this.arrays[channel] = data;
      this.offsets[channel] = channel * count;
    }
  }
}

/** Whether a block is a tensor of floats in C order, which is read as it is; `asSamples` converts other tensors. */
function areFloats(given: unknown): given is { data: NumberArray; shape: readonly number[] } {
  const { data, shape } = Object(given);
  return Array.isArray(shape) && viewName(data)?.startsWith('Float') === true && hasNoStrides(Object(given));
}

/** Whether writing the output would overwrite input that is read later. A channel may be written to its own input. */
export function isMixed(input: BlockLines, output: BlockLines): boolean {
  const { count, channels } = input;
  for (let to = 0; to < channels; to++) {
    const target = output.arrays[to];
    const begin = target.byteOffset + output.offsets[to] * target.BYTES_PER_ELEMENT;
    const end = begin + count * target.BYTES_PER_ELEMENT;
    for (let from = 0; from < channels; from++) {
      const source = input.arrays[from];
      if (!isSameMemory(source.buffer, target.buffer)) continue;
      const first = source.byteOffset + input.offsets[from] * source.BYTES_PER_ELEMENT;
      const last = first + count * source.BYTES_PER_ELEMENT;
      const same = from === to && first === begin && last === end;
      if (!same && first < end && begin < last) return true;
    }
  }
  return false;
}
