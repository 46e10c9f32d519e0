// Typed arrays that are accepted as data, from any realm (an iframe, a vm context, Jest), so tests don't use `instanceof`.

/** The typed arrays that a tensor may be made from, in addition to `HalfArray`. */
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

/** The part of Float16Array that is used here. TypeScript declares it only in ES2025 libraries. */
export interface HalfArray {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly length: number;
  readonly [index: number]: number;
}

/**
 * Bytes in a buffer that is not shared, as Blob, Response and transfer lists require: `Uint8Array<ArrayBuffer>` since TypeScript 5.7,
 * `Uint8Array` in older versions.
 */
export type OwnBytes = ReturnType<typeof Uint8Array.of>;

/** The class name of a typed array or DataView of any realm; undefined for anything else. */
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

/**
 * Whether a value is of this realm's Float32Array itself. `subarray` of a subclass calls its constructor, which may take other arguments
 * than a buffer, an offset and a length.
 */
export function isBaseFloat32(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && value.constructor === Float32Array;
}

/** The array itself; of one of a subclass, whose constructor `subarray` and `slice` would call, a view. */
export function ofBaseClass<A extends Float32Array | Float64Array>(
  data: A,
  base: new (buffer: ArrayBufferLike, offset: number, length: number) => A,
): A {
  return data.constructor === base ? data : new base(data.buffer, data.byteOffset, data.length);
}

/** Converts to float32. A Float32Array is returned as it is. */
export function toFloat32(data: TypedArray | HalfArray | readonly number[]): Float32Array {
  if (isFloat32(data)) return data;
  // `from` of bigints takes five times as long
  if (viewName(data)?.startsWith('Big')) return new Float32Array(data.length).map((_, i) => Number(data[i]));
  return new Float32Array(data as ArrayLike<number>);
}
