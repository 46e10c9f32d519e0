// The messages between the page and its worker.

import type { Volume } from '../../../examples/nifti.ts';

export interface Job {
  readonly kind: 'read' | 'segment';
  readonly name: string;
  readonly file: Blob;
}

/** The memory of a volume, in bytes. */
export interface Need {
  /** WebAssembly memory for the tensor that all layers work in. */
  readonly hidden: number;
  /** WebAssembly memory for the largest scratch of a layer. */
  readonly scratch: number;
  /** Plain arrays: intensities, and one byte per voxel each for labels and for display. */
  readonly arrays: number;
}

/** WebAssembly has addresses of 32 bits. */
export const mostWasm = 2 ** 32;

export interface Reading extends Pick<Volume, 'shape' | 'spacing' | 'oriented' | 'affine'> {
  /** Intensities as bytes, for display. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly need: Need;
}

export interface LayerDone {
  readonly layer: number;
  readonly layers: number;
  readonly threads: number;
  /** of the next layer, if any */
  readonly next: string;
  /** The fraction of the estimated total time. */
  readonly done: number;
  readonly total: number;
}

export interface Segmentation {
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Voxels of each class. */
  readonly counts: readonly number[];
  /** The labels as a .nii.gz file. */
  readonly file: Blob;
  readonly seconds: number;
  readonly threads: number;
  /** Bytes of WebAssembly memory at the end; it never shrinks. */
  readonly wasm: number;
}
