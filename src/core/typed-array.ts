// Typed arrays: those that numbers may come in, of this realm or another (a frame, a vm context, Jest).

/** The typed arrays a tensor may be made from, beside `HalfArray`. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A Float16Array, as far as it is read here: TypeScript knows its type from ES2025 on only, and runtimes have it since 2025. */
export interface HalfArray {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * Bytes in a buffer that no other thread sees, as Blob, Response and lists to transfer ask for: `Uint8Array<ArrayBuffer>` from
 * TypeScript 5.7 on, and the plain `Uint8Array` of older ones.
 */
export type OwnBytes = ReturnType<typeof Uint8Array.of>;

/** The name of a typed array's class, or of DataView; undefined for anything else. Where `instanceof` would ask for this realm's class. */
export function viewName(value: unknown): string | undefined {
  return ArrayBuffer.isView(value) ? (value as unknown as HalfArray)[Symbol.toStringTag] : undefined;
}

/** Whether a value is a typed array of any kind. */
export function isTypedArray(value: unknown): value is TypedArray | HalfArray {
  return ArrayBuffer.isView(value) && viewName(value) !== 'DataView';
}

/** Whether a value is a Float32Array. */
export function isFloat32(value: unknown): value is Float32Array {
  return viewName(value) === 'Float32Array';
}

/** The numbers as float32; a Float32Array as it is. */
export function toFloat32(data: TypedArray | HalfArray | readonly number[]): Float32Array {
  if (isFloat32(data)) return data;
  // `from` of bigints takes five times as long
  if (viewName(data)?.startsWith('Big')) return new Float32Array(data.length).map((_, i) => Number(data[i]));
  return new Float32Array(data as ArrayLike<number>);
}
