// What the page asks of the worker, and what it gets.

import type { Volume } from '../../../examples/nifti.ts';

export interface Job {
  readonly kind: 'read' | 'segment';
  readonly name: string;
  readonly file: Blob;
}

/** Bytes that a volume takes. */
export interface Need {
  /** WebAssembly memory for the tensor that all layers work in. */
  readonly hidden: number;
  /** WebAssembly memory for the scratch of the layer that needs most. */
  readonly scratch: number;
  /** Plain arrays: intensities, and a byte a voxel for labels and for what is shown. */
  readonly arrays: number;
}

/** WebAssembly has addresses of 32 bits. */
export const mostWasm = 2 ** 32;

export interface Reading extends Pick<Volume, 'shape' | 'spacing' | 'oriented' | 'affine'> {
  /** Intensities as bytes, to be shown. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly need: Need;
}

export interface LayerDone {
  readonly layer: number;
  readonly layers: number;
  readonly threads: number;
  /** of the layer that comes next, if one does */
  readonly next: string;
  /** By the time that layers take. */
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
