// Parses the header of a safetensors file. The file is untrusted: every value is checked against the size of the file before it is used.

import { isDict } from '../core/arguments.js';
import { describe } from '../core/errors.js';
import { lengthBytes, pickleIn, textIn } from './other-files.js';
import { decodeUtf8 } from './utf8.js';

/** The element types that have a typed array, in the order of their alignment. */
export const arrays = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  F16: Uint16Array, // as bits; widened by the reader
  BF16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

/** The name of an element type that has a typed array. */
export type Dtype = keyof typeof arrays;

/** Their names, in the order of their alignment. */
export const dtypes = Object.keys(arrays) as Dtype[];

/** Whether an element type has a typed array. Others are read and written as bytes. */
export function isKnown(dtype: string): dtype is Dtype {
  return dtypes.includes(dtype as Dtype);
}

/** Bits per element. All type names except BOOL contain them: F32, F8_E4M3, F4, C64. NaN for any other name. */
export function bitsOf(dtype: unknown): number {
  if (typeof dtype !== 'string') return Number.NaN;
  return dtype === 'BOOL' ? 8 : Number(/^[A-Z]+(\d+)(_[A-Z\d]+)?$/.exec(dtype)?.[1]);
}

/** The longest header in bytes that the reference implementation accepts. */
export const longestHeader = 100_000_000;
/** The deepest nesting of objects and arrays that is accepted; the format needs three levels. */
const deepestNesting = 16;

/** A tensor of the header. `begin` and `end` are byte offsets in the data, checked to match shape and dtype. */
interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/** Reads and checks the header. `data` is the rest of the file, which the tensors cover without holes. */
export function readHeader(given: ArrayBuffer | Uint8Array): {
  entries: Entry[];
  metadata: Record<string, string>;
  data: Uint8Array;
} {
  const file = bytesOf(given);
  const pickle = pickleIn(file);
  if (pickle) throw refusal(pickle);
  if (file.length < lengthBytes) {
    throw refusal(
      `a file of ${file.length} bytes is too short; the header's length alone takes ${lengthBytes}`,
    );
  }
  const words = new DataView(file.buffer, file.byteOffset, lengthBytes);
  const length = words.getUint32(0, true) + words.getUint32(4, true) * 2 ** 32;
  if (length > longestHeader)
    throw refusal(
      textIn(file) ??
        `a header of ${length} bytes is longer than the allowed ${longestHeader}; is this a safetensors file?`,
    );
  if (length > file.length - lengthBytes) {
    throw refusal(`a header of ${length} bytes does not fit a file of ${file.length} bytes`);
  }

  const header = parse(file.subarray(lengthBytes, lengthBytes + length));
  const data = file.subarray(lengthBytes + length);
  const entries: Entry[] = [];
  let metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__')
      metadata = readNotes(value ?? {}); // null means none, as in the reference implementation
    else entries.push(entry(name, value, data.length));
  }
  checkCover(entries, data.length);
  return { entries, metadata, data };
}

/** What is wrong with `__metadata__`, which must have string values; undefined if it is valid. */
export function faultOfNotes(value: unknown): string | undefined {
  if (!isDict(value)) return `__metadata__ must be an object of strings, got ${describe(value)}`;
  const fault = Object.entries(value).find(([, note]) => typeof note !== 'string');
  return fault && `__metadata__ ${describe(fault[0])} must be a string, got ${describe(fault[1])}`;
}

function readNotes(value: unknown): Record<string, string> {
  const fault = faultOfNotes(value);
  if (fault !== undefined) throw refusal(fault);
  return Object.assign(Object.create(null), value);
}

/** The number of elements, or NaN if a size is invalid or the product is not a safe integer. */
export function countOf(shape: readonly unknown[]): number {
  let product = 1;
  for (const size of shape) product *= isCount(size) ? size : Number.NaN;
  return Number.isSafeInteger(product) ? product : Number.NaN;
}

/** Whether a value is an object, not an array or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for an invalid file, or for tensors that can't be written. */
export function refusal(message: string, cause?: unknown): RangeError {
  return new RangeError(`safetensors: ${message}`, cause === undefined ? undefined : { cause });
}

/** The same bytes as a plain Uint8Array, for a Buffer or an array of another realm. */
function bytesOf(given: unknown): Uint8Array {
  const kind = Object.prototype.toString.call(given);
  if (kind === '[object ArrayBuffer]') return new Uint8Array(given as ArrayBuffer);
  if (kind === '[object Uint8Array]') {
    const { buffer, byteOffset, byteLength } = given as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  throw new TypeError(
    `safetensors: expected the file as an ArrayBuffer or a Uint8Array, got ${describe(given)}`,
  );
}

/** Parses the header's JSON to an object with unchecked content. */
function parse(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b)
    throw refusal(`the header must begin with '{', got ${describe(bytes[0])} as its first byte`);
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch (cause) {
    throw refusal('the header is not valid UTF-8', cause);
  }
  try {
    checkNesting(text);
    return JSON.parse(text); // an object, as it begins with a brace
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw refusal(`the header is not valid JSON: ${cause.message}`, cause);
  }
}

/**
 * Throws for duplicate keys, of which JSON.parse would silently keep the last, and for deep nesting, whose objects would take forty times
 * the bytes of the text.
 */
function checkNesting(json: string): void {
  const open: (Set<string> | undefined)[] = []; // the keys of each enclosing object so far; undefined for an array
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      while (++at < json.length && json[at] !== '"') if (json[at] === '\\') at++;
      let next = at + 1;
      while (json.charCodeAt(next) <= 0x20) next++;
      const keys = open.at(-1);
      if (json[next] !== ':' || keys === undefined) continue; // a string that is a value
      const key: string = JSON.parse(json.slice(start, at + 1));
      if (keys.has(key)) throw refusal(`the header has the name ${describe(key)} twice`);
      keys.add(key);
    }
    if (open.length > deepestNesting) throw refusal(`the header nests deeper than ${deepestNesting} levels`);
  }
}

/** Checks one tensor of the header. */
function entry(name: string, value: unknown, dataLength: number): Entry {
  const tensor = `tensor ${describe(name)}`;
  if (!isObject(value)) throw refusal(`${tensor} must be an object, got ${describe(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = bitsOf(dtype);
  if (!(bits > 0)) {
    throw refusal(
      `${tensor} has the dtype ${describe(dtype)}, which is none of ${dtypes.join(', ')}, nor named like them`,
    );
  }
  const count = Array.isArray(shape) ? countOf(shape) : Number.NaN;
  if (Number.isNaN(count))
    throw refusal(`${tensor} has the shape ${describe(shape)}, which is no list of possible sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw refusal(`${tensor} has the data_offsets ${describe(offsets)}, which are no two counts of bytes`);
  }
  const [begin, end] = offsets;
  if (begin > end || end > dataLength) {
    throw refusal(
      `${tensor} has the data_offsets [${begin}, ${end}], outside the file's ${dataLength} bytes of data`,
    );
  }
  const needed = (count * bits) / 8;
  if (needed !== end - begin) {
    throw refusal(
      `${tensor} of dtype ${dtype} and shape ${describe(shape)} takes ${needed} bytes, its data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { name, dtype: dtype as string, shape: shape as number[], begin, end };
}

/** Checks that the tensors cover the data without holes or overlaps. */
function checkCover(entries: Entry[], dataLength: number): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const fault = begin < covered ? 'overlaps the one before, which ends at' : 'leaves a hole behind';
      throw refusal(`tensor ${describe(name)} with the data_offsets [${begin}, ${end}] ${fault} ${covered}`);
    }
    covered = end;
  }
  if (covered !== dataLength) {
    throw refusal(`the tensors end at byte ${covered} of the data, the file has ${dataLength} bytes of data`);
  }
}

/** Whether a value is a non-negative safe integer (and not -0, which JSON can represent). */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}
