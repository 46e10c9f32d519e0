// Measures the f32x4 multiply-and-add peak of one core, to which "% of peak" refers.

import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';

const FLOPS_PER_ROUND = 12 * 4;
const ROUNDS = 50_000;

interface PeakExports extends Record<string, unknown> {
  peak(rounds: number, factor: number, step: number): number;
}

/** GFLOP/s of the fastest of many short runs: the clock speed varies, and the peak is the rate at its highest. */
export function measurePeak(stretches = 200): number {
  const { exports } = instantiateSync<PeakExports>(readFileSync(new URL('../peak.wasm', import.meta.url)));
  let least = Infinity;
  for (let i = 0; i < stretches; i++) {
    const start = performance.now();
    // Both chains stay near 1, far from denormals, which would be slow.
    exports.peak(ROUNDS, 1 - 2 ** -24, 2 ** -20);
    least = Math.min(least, performance.now() - start);
  }
  return (ROUNDS * FLOPS_PER_ROUND) / (least * 1e6);
}
