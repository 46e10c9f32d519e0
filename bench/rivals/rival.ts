// The interface of a runtime in the comparison, and what its time includes.

import type { Problem } from '#src/problem/problem.js';
import type { Operands } from '../operands.js';

/** One layer, ready to run. */
export interface Prepared {
  /** The timed call. It returns a promise if the runtime has only an asynchronous call. */
  run(): unknown;
  readonly awaited: boolean;
  /** The result of a run, in torch's layout. */
  output(): Promise<Float32Array> | Float32Array;
  /** Allows the rounding of Winograd when the result is checked. */
  readonly winograd?: boolean;
  dispose(): void;
}

export interface Rival {
  readonly name: string;
  /** Resident operands: x and y stay in the runtime's own memory. */
  readonly resident: boolean;
  /** A description of what the time includes, for the report. */
  readonly includes: string;
  /** @throws if the runtime does not support the layer */
  prepare(problem: Problem, operands: Operands): Promise<Prepared>;
}

/** Reorders from torch's layout (batch, channels, space …) to channels last. */
export function channelsLast(data: Float32Array, shape: readonly number[]): Float32Array {
  const [batch, channels, ...space] = shape;
  const volume = space.reduce((a, b) => a * b, 1);
  const moved = new Float32Array(data.length);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < volume; i++) {
        moved[(n * volume + i) * channels + c] = data[(n * channels + c) * volume + i];
      }
    }
  }
  return moved;
}

/** Reorders from channels last to torch's layout; `shape` is torch's. */
export function channelsFirst(data: Float32Array, shape: readonly number[]): Float32Array {
  const [batch, channels, ...space] = shape;
  const volume = space.reduce((a, b) => a * b, 1);
  const swapped = channelsLast(data, [batch, volume, channels]);
  return swapped;
}
