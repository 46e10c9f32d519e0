// Types of the packages used here that have none of their own.

declare module '@echogarden/pffft-wasm/simd' {
  interface PFFFT {
    readonly HEAPF32: Float32Array;
    _pffft_new_setup(length: number, kind: number): number;
    _pffft_aligned_malloc(bytes: number): number;
    _pffft_transform(setup: number, from: number, to: number, work: number, backward: number): void;
    _pffft_zconvolve_accumulate(setup: number, one: number, other: number, sum: number, scale: number): void;
  }
  export default function start(): Promise<PFFFT>;
}

declare module 'fft.js' {
  export default class FFT {
    constructor(length: number);
    createComplexArray(): number[];
    realTransform(to: number[], from: readonly number[]): void;
    completeSpectrum(spectrum: number[]): void;
    inverseTransform(to: number[], from: readonly number[]): void;
  }
}

declare module 'ndarray' {
  export interface Ndarray {
    readonly data: Float32Array;
  }
  export default function ndarray(data: Float32Array, shape: readonly number[]): Ndarray;
}

declare module 'ndarray-convolve' {
  import type { Ndarray } from 'ndarray';
  export default function convolve(out: Ndarray, one: Ndarray, other: Ndarray): void;
}
