// Checkpoints in the safetensors format: eight bytes of header length, a JSON header, the numbers.

import { describe } from '../core/errors.js';
import type { TypedArray } from '../core/typed-array.js';
import { narrowBF16, narrowF16, widenBF16, widenF16 } from './halves.js';
import {
  arrays,
  countOf,
  type Dtype,
  dtypes,
  faultOfNotes,
  isObject,
  lengthBytes,
  longestHeader,
  readHeader,
  refusal,
} from './header.js';
import { encodeUtf8 } from './utf8.js';

/** One tensor of a checkpoint: numbers in C order, their shape, and the format's name of their type. */
export interface SafeTensor {
  data: TypedArray;
  shape: number[];
  dtype: string;
}

/**
 * Reads a safetensors file, as `safetensors.torch.save_file` writes it.
 *
 * Where the file's bytes are aligned for a type the arrays are views of them, so that nothing is copied; elsewhere
 * they are copies. F16 and BF16 become a `Float32Array` (`dtype` still says what they were, so that saving rounds
 * back). BOOL becomes a `Uint8Array`, I64 and U64 become big-integer arrays.
 *
 * @param bytes the whole file; a Node `Buffer` is one kind of `Uint8Array`
 * @returns a tensor per name, shapes as in the file; an object without a prototype, so any name is safe
 * @throws TypeError if `bytes` is neither an `ArrayBuffer` nor a `Uint8Array`
 * @throws RangeError if the file is no safetensors file or contradicts itself: a header length beyond the file or
 *   100 MB, a header that is no JSON object in UTF-8, a name given twice, an unknown dtype, offsets that overlap,
 *   leave holes or lie outside the file, or byte counts that do not fit shape and dtype. Names the tensor and values
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * import { Conv2d, loadSafetensors, saveSafetensors } from 'convnd';
 * const file = saveSafetensors(new Conv2d(3, 8, 3).stateDict('encoder.0.'));
 * const checkpoint = loadSafetensors(file); // or: loadSafetensors(await readFile('model.safetensors'))
 * const layer = new Conv2d(3, 8, 3);
 * layer.loadStateDict(checkpoint, { prefix: 'encoder.0.' });
 * console.log(Object.keys(checkpoint).join(), checkpoint['encoder.0.bias'].shape); // encoder.0.bias,encoder.0.weight [ 8 ]
 */
export function loadSafetensors(bytes: ArrayBuffer | Uint8Array): Record<string, SafeTensor> {
  const { entries, data } = readHeader(bytes);
  const tensors = Object.create(null) as Record<string, SafeTensor>;
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors[name] = { data: numbers(data.subarray(begin, end), dtype), shape, dtype };
  }
  return tensors;
}

/**
 * Reads the notes that a safetensors file carries (`__metadata__`), without touching its numbers.
 *
 * @param bytes the whole file
 * @returns the notes by name; an empty object if the file has none
 * @throws TypeError, RangeError as {@link loadSafetensors} does
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * import { safetensorsMetadata, saveSafetensors } from 'convnd';
 * const file = saveSafetensors({}, { format: 'pt', epoch: '12' });
 * console.log(safetensorsMetadata(file).epoch); // 12
 */
export function safetensorsMetadata(bytes: ArrayBuffer | Uint8Array): Record<string, string> {
  return readHeader(bytes).metadata;
}

/**
 * Writes tensors as a safetensors file, which `safetensors.torch.load_file` reads. Tensors are ordered as the
 * reference writer orders them and the data begin at a multiple of eight bytes, so reading it back copies nothing.
 *
 * @param tensors a tensor per name: `{ data, shape, dtype? }`, numbers in C order in a typed array. Without `dtype`
 *   the array decides (`Float32Array` is F32, `Uint8Array` U8, …); a `Float32Array` may also be saved as F16 or BF16,
 *   rounded to nearest even, and a `Uint8Array` as BOOL
 * @param metadata notes to keep in the file, text by name
 * @returns the file's bytes
 * @throws TypeError if something is no tensor, `dtype` does not suit the array, or a note is not text
 * @throws RangeError if shape and length do not agree, or a name cannot be written (`__metadata__`, broken Unicode)
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * import { loadSafetensors, saveSafetensors } from 'convnd';
 * const file = saveSafetensors({ scale: { data: new Float32Array([1, 1 / 3]), shape: [2], dtype: 'BF16' } });
 * console.log(loadSafetensors(file).scale.data[1]); // 0.333984375
 */
export function saveSafetensors(
  tensors: Readonly<
    Record<string, { readonly data: TypedArray; readonly shape: readonly number[]; dtype?: string }>
  >,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  if (!isObject(tensors))
    throw new TypeError(`safetensors: expected an object of tensors, got ${describe(tensors)}`);
  const parts = Object.entries(tensors).map(([name, tensor]) => prepare(name, tensor));
  parts.sort((a, b) => dtypes.indexOf(b.dtype) - dtypes.indexOf(a.dtype) || (a.name < b.name ? -1 : 1));

  // written pair by pair, as an object would move names like '0' to the front
  const pairs = metadata === undefined ? [] : [`"__metadata__":${notesAsJson(metadata)}`];
  let length = 0;
  for (const { name, dtype, shape, bytes } of parts) {
    const offsets = [length, (length += bytes.length)];
    pairs.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`);
  }
  const header = encodeUtf8(`{${pairs.join()}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw refusal(`a header of ${headerLength} bytes is longer than the allowed ${longestHeader}`);
  }

  const file = new Uint8Array(lengthBytes + headerLength + length);
  new DataView(file.buffer).setUint32(0, headerLength, true); // the upper half stays 0
  file.set(header, lengthBytes);
  let at = lengthBytes + headerLength;
  file.fill(0x20, lengthBytes + header.length, at);
  for (const { bytes } of parts) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function notesAsJson(metadata: Readonly<Record<string, string>>): string {
  const fault = faultOfNotes(metadata);
  if (fault !== undefined) throw new TypeError(`safetensors: ${fault}`);
  return JSON.stringify({ ...metadata });
}

/** One tensor as the bytes that go into the file. */
function prepare(
  name: string,
  tensor: unknown,
): { name: string; dtype: Dtype; shape: number[]; bytes: Uint8Array } {
  if (name === '__metadata__') throw refusal("a tensor cannot be named '__metadata__', the notes' place");
  if (/\p{Surrogate}/u.test(name)) throw refusal(`the tensor name ${describe(name)} is not valid Unicode`);
  const { data, shape, dtype } = (isObject(tensor) ? tensor : {}) as Partial<SafeTensor>;
  const own = dtypeOf(data);
  if (data === undefined || own === undefined || !Array.isArray(shape)) {
    throw new TypeError(
      `safetensors: tensor ${describe(name)} must be { data, shape } with a typed array, got ${describe(tensor)}`,
    );
  }
  const stored = convert(data, own, dtype ?? own);
  if (stored === undefined) {
    throw new TypeError(
      `safetensors: tensor ${describe(name)} cannot be saved as ${describe(dtype)} from ${own} data`,
    );
  }
  if (countOf(shape) !== data.length) {
    throw refusal(`tensor ${describe(name)} has the shape ${describe(shape)}, but ${data.length} elements`);
  }
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return { name, dtype: (dtype ?? own) as Dtype, shape: [...shape], bytes };
}

/** The array that holds the data as the file does, or undefined if the dtype is not one for this data. */
function convert(data: TypedArray, own: Dtype, dtype: string): TypedArray | undefined {
  if (dtype === own || (dtype === 'BOOL' && own === 'U8')) return data;
  if (dtype === 'F16' && own === 'F32') return narrowF16(data as Float32Array);
  if (dtype === 'BF16' && own === 'F32') return narrowBF16(data as Float32Array);
  return undefined;
}

/** The dtype that an array's own type stands for (not F16, BF16 or BOOL, which share an array with another). */
function dtypeOf(data: unknown): Dtype | undefined {
  const kind = Object.prototype.toString.call(data).slice('[object '.length, -1); // holds for other realms' arrays too
  if (kind === 'Uint8Array' || kind === 'Uint8ClampedArray') return 'U8';
  return dtypes.find((dtype) => arrays[dtype].name === kind);
}

/** Views bytes as numbers where their place allows it, copies them where it does not, and widens halves. */
function numbers(bytes: Uint8Array, dtype: Dtype): TypedArray {
  const size = arrays[dtype].BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const stored = new arrays[dtype](buffer as ArrayBuffer, byteOffset, bytes.length / size);
  if (dtype === 'F16') return widenF16(stored as Uint16Array);
  if (dtype === 'BF16') return widenBF16(stored as Uint16Array);
  return stored;
}
