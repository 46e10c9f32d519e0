// Reads and writes the safetensors format: eight bytes of header length, a JSON header, and the data of the tensors.

import { isDict } from '../core/arguments.js';
import { describe } from '../core/errors.js';
import { type Foreign, hasNoStrides, inCOrder } from '../core/foreign.js';
import { narrowBF16, narrowF16, widenBF16, widenF16 } from '../core/halves.js';
import { type HalfArray, type OwnBytes, type TypedArray, viewName } from '../core/typed-array.js';
import {
  arrays,
  bitsOf,
  countOf,
  type Dtype,
  dtypes,
  faultOfNotes,
  isKnown,
  isObject,
  longestHeader,
  readHeader,
  refusal,
} from './header.js';
import { lengthBytes } from './other-files.js';
import { encodeUtf8 } from './utf8.js';

/** A tensor of a checkpoint. */
export interface SafeTensor {
  /** the elements in C order: the last axis is contiguous */
  data: TypedArray;
  /** the sizes, outermost first */
  shape: number[];
  /** the element type in the file: `'F32'`, `'BF16'`, `'I64'`, … */
  dtype: string;
}

/**
 * Reads a safetensors file, like `safetensors.torch.load`.
 *
 * Arrays are views of the file's bytes where they are aligned, else copies. F16 and BF16 are converted to a `Float32Array`; `dtype` keeps
 * the original type, so that saving converts them back. BOOL becomes a `Uint8Array`, I64 and U64 become BigInt arrays. Types without a
 * typed array in JavaScript, such as F8_E4M3, F4 and C64, are returned as raw bytes in a `Uint8Array`: layers do not load them, and saving
 * writes them unchanged.
 *
 * @param bytes the whole file; a Node `Buffer` is one kind of `Uint8Array`
 * @returns the tensors by name; an object without prototype, so that any name is safe
 * @throws TypeError if `bytes` is neither an `ArrayBuffer` nor a `Uint8Array`
 * @throws RangeError if the file is invalid: a header length above 100 MB or the file's size, a header that is not a JSON object in UTF-8,
 *   duplicate names, an unknown dtype, offsets that overlap, leave holes or are outside of the file, or sizes that do not match shape and
 *   dtype. The message has the tensor's name and the values
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
 * Reads the metadata of a safetensors file (`__metadata__`), without converting its tensors.
 *
 * @param bytes the whole file
 * @returns the metadata by name; an empty object if there is none
 * @throws TypeError and RangeError like {@link loadSafetensors}
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
 * Writes tensors to a safetensors file, like `safetensors.torch.save`. Tensors are in the order of the reference implementation, and their
 * data is aligned to eight bytes, so that loading copies nothing.
 *
 * @param tensors tensors by name, `{ data, shape, dtype? }`, with a typed array in C order or with `strides`. The default dtype is that of
 *   the array (`Float32Array`: F32, `Float16Array`: F16, `Uint8Array`: U8, …). A `Float32Array` may also be saved as F16 or BF16, rounded to
 *   nearest even; a `Uint16Array` may hold the bits of F16 or BF16; a `Uint8Array` may be BOOL or the bytes of a type without typed array
 * @param metadata strings by name, to store in the file
 * @returns the bytes of the file
 * @throws TypeError if a value is not a tensor, `dtype` does not match the array, or metadata is not a string
 * @throws RangeError if shape and data length do not match, or a name can't be written (`__metadata__`, invalid Unicode)
 * @see https://huggingface.co/docs/safetensors/index#format
 * @example
 * import { loadSafetensors, saveSafetensors } from 'convnd';
 * const file = saveSafetensors({ scale: { data: new Float32Array([1, 1 / 3]), shape: [2], dtype: 'BF16' } });
 * console.log(loadSafetensors(file).scale.data[1]); // 0.333984375
 */
export function saveSafetensors(
  tensors: Readonly<
    Record<
      string,
      Foreign & {
        readonly data: TypedArray | HalfArray;
        readonly shape: readonly number[];
        dtype?: string | undefined;
      }
    >
  >,
  metadata?: Readonly<Record<string, string>>,
): OwnBytes {
  if (!isDict(tensors))
    throw new TypeError(`safetensors: expected an object of tensors, got ${describe(tensors)}`);
  const parts = Object.entries(tensors).map(([name, tensor]) => prepare(name, tensor));
  parts.sort((a, b) => rankOf(b.dtype) - rankOf(a.dtype) || (a.name < b.name ? -1 : 1));

  // pair by pair, because an object would move integer names such as '0' to the front
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

/** The sort key of tensors: by alignment, then by type. */
function rankOf(dtype: string): number {
  return 100 * bitsOf(dtype) + dtypes.indexOf(dtype as Dtype);
}

/** Converts a tensor to the bytes in the file. */
function prepare(
  name: string,
  tensor: unknown,
): { name: string; dtype: string; shape: number[]; bytes: Uint8Array } {
  if (name === '__metadata__') throw refusal("a tensor cannot be named '__metadata__', the notes' place");
  if (/\p{Surrogate}/u.test(name)) throw refusal(`the tensor name ${describe(name)} is not valid Unicode`);
  const label = `tensor ${describe(name)}`;
  const given = (isObject(tensor) ? tensor : {}) as Partial<SafeTensor>;
  const { data, shape } = given;
  const own = dtypeOf(data);
  if (data === undefined || own === undefined || !Array.isArray(shape)) {
    throw new TypeError(
      `safetensors: ${label} must be { data, shape } with a typed array, got ${describe(tensor)}`,
    );
  }
  const { dtype = own } = given;
  const ordered = hasNoStrides(given) ? data : inCOrder(data, shape, given, `safetensors: ${label}`);
  const stored = convert(ordered, own, dtype);
  if (stored === undefined) {
    throw new TypeError(`safetensors: ${label} cannot be saved as ${describe(dtype)} from ${own} data`);
  }
  const elements = isKnown(dtype) ? ordered.length : (8 * ordered.length) / bitsOf(dtype);
  if (countOf(shape) !== elements) {
    throw refusal(`${label} has the shape ${describe(shape)}, but ${elements} elements`);
  }
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return { name, dtype, shape: [...shape], bytes };
}

/** Converts data to the file's representation of a dtype; undefined if the dtype does not match the data. */
function convert(data: TypedArray, own: Dtype, dtype: string): TypedArray | undefined {
  if (dtype === own || (own === 'U8' && (dtype === 'BOOL' || (!isKnown(dtype) && bitsOf(dtype) > 0))))
    return data;
  const half = dtype === 'F16' || dtype === 'BF16';
  if (half && own === 'U16') return data;
  if (half && own === 'F32') return (dtype === 'F16' ? narrowF16 : narrowBF16)(data as Float32Array);
  return undefined;
}

/** The default dtype of a typed array. (BF16 and BOOL are no defaults; they share an array type with another dtype.) */
function dtypeOf(data: unknown): Dtype | undefined {
  const kind = viewName(data);
  if (kind === 'Float16Array') return 'F16';
  if (kind === 'Uint8ClampedArray') return 'U8';
  return dtypes.find((dtype) => dtype !== 'BOOL' && arrays[dtype].name === kind);
}

/** Converts bytes to a typed array: a view if they are aligned, else a copy. Widens 16-bit floats. */
function numbers(bytes: Uint8Array, dtype: string): TypedArray {
  if (!isKnown(dtype)) return bytes;
  const size = arrays[dtype].BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const stored = new arrays[dtype](buffer as ArrayBuffer, byteOffset, bytes.length / size);
  if (dtype === 'F16') return widenF16(stored as Uint16Array);
  if (dtype === 'BF16') return widenBF16(stored as Uint16Array);
  return stored;
}
