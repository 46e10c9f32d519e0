// Checkpoints in the safetensors format: eight bytes of header length, a JSON header, the numbers.

import { isDict } from '../core/arguments.js';
import { describe } from '../core/errors.js';
import { type Foreign, inOrder, isPlain } from '../core/foreign.js';
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
  lengthBytes,
  longestHeader,
  readHeader,
  refusal,
} from './header.js';
import { encodeUtf8 } from './utf8.js';

/** A tensor of a checkpoint: numbers in C order, their shape, and the name of their type in the format. */
export interface SafeTensor {
  /** in C order: the last axis varies fastest */
  data: TypedArray;
  /** sizes, outermost first */
  shape: number[];
  /** as the file has it: `'F32'`, `'BF16'`, `'I64'`, … */
  dtype: string;
}

/**
 * Reads a safetensors file, as `safetensors.torch.save_file` writes it.
 *
 * If the file's bytes are aligned for a type, the arrays are views of them without a copy; otherwise they are copies. F16 and BF16
 * become a `Float32Array` (`dtype` keeps the original type, so that saving rounds back). BOOL becomes a `Uint8Array`, I64 and U64 become
 * big-integer arrays. Types without a JavaScript array, such as F8_E4M3, F4 and C64, stay the bytes of the file in a `Uint8Array` with
 * their `dtype`: layers reject them, and saving writes them unchanged.
 *
 * @param bytes the whole file; a Node `Buffer` is one kind of `Uint8Array`
 * @returns a tensor for each name, with the shapes of the file; an object without a prototype, so any name is safe
 * @throws TypeError if `bytes` is neither an `ArrayBuffer` nor a `Uint8Array`
 * @throws RangeError if the file is not a safetensors file or is inconsistent: a header length beyond the file or
 *   100 MB, a header that is no JSON object in UTF-8, a name given twice, a dtype that doesn't name its bits, offsets that overlap,
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
 * Reads the metadata of a safetensors file (`__metadata__`) without reading its tensors.
 *
 * @param bytes the whole file
 * @returns the metadata by name; an empty object if the file has none
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
 * @param tensors a tensor per name: `{ data, shape, dtype? }`, numbers in a typed array in C order or as `strides` say. Without `dtype`
 *   the array decides (`Float32Array` is F32, `Uint8Array` U8, …); a `Float32Array` may also be saved as F16 or BF16,
 *   rounded to nearest even, a `Float16Array` is F16, a `Uint16Array` may hold the bits of F16 or BF16, and a `Uint8Array` be BOOL or
 *   the bytes of a type that has no array
 * @param metadata strings by name, stored in the file
 * @returns the file's bytes
 * @throws TypeError if something is not a tensor, `dtype` does not match the array, or metadata is not a string
 * @throws RangeError if shape and length do not agree, or a name cannot be written (`__metadata__`, broken Unicode)
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

/** By which tensors are ordered: their alignment, then the type. */
function rankOf(dtype: string): number {
  return 100 * bitsOf(dtype) + dtypes.indexOf(dtype as Dtype);
}

/** One tensor as the bytes that go into the file. */
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
  const ordered = isPlain(given) ? data : inOrder(data, shape, given, `safetensors: ${label}`);
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

/** The array that holds the data as the file does, or undefined if the dtype is not one for this data. */
function convert(data: TypedArray, own: Dtype, dtype: string): TypedArray | undefined {
  if (dtype === own || (own === 'U8' && (dtype === 'BOOL' || (!isKnown(dtype) && bitsOf(dtype) > 0))))
    return data;
  const half = dtype === 'F16' || dtype === 'BF16';
  if (half && own === 'U16') return data;
  if (half && own === 'F32') return (dtype === 'F16' ? narrowF16 : narrowBF16)(data as Float32Array);
  return undefined;
}

/** The dtype that an array's own type stands for (not BF16 or BOOL, which share an array with another). */
function dtypeOf(data: unknown): Dtype | undefined {
  const kind = viewName(data);
  if (kind === 'Float16Array') return 'F16';
  if (kind === 'Uint8ClampedArray') return 'U8';
  return dtypes.find((dtype) => dtype !== 'BOOL' && arrays[dtype].name === kind);
}

/** Views bytes as numbers where their place allows it, copies them where it does not, and widens halves. */
function numbers(bytes: Uint8Array, dtype: string): TypedArray {
  if (!isKnown(dtype)) return bytes;
  const size = arrays[dtype].BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const stored = new arrays[dtype](buffer as ArrayBuffer, byteOffset, bytes.length / size);
  if (dtype === 'F16') return widenF16(stored as Uint16Array);
  if (dtype === 'BF16') return widenBF16(stored as Uint16Array);
  return stored;
}
