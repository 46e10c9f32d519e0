// npm run bench:call: the overhead of a call, its heap allocations, and the time of the first call.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, time } from './timing.js';

const CALLS = 100_000;
const BATCH = 1000;
const PROCESSES = 7;
/** Arguments by which this program starts itself in a new process. */
const FIRST = '--first';
const HEAP = '--heap';
/** Megabytes of the young generation: large enough that nothing is collected between two readings of the heap. */
const YOUNG = 256;

/** The file that Node resolves `convnd` to outside of this repository. Here, `convnd` is the library's separate files. */
const BUNDLE = '../../dist/bundled/index.js';

/** The smallest useful layer: about 0.1 µs of arithmetic, so that mainly the call itself is measured. */
async function smallLayer(library = 'convnd') {
  const { Conv2d, memoryUsage, tensor } = (await import(library)) as typeof import('convnd');
  const layer = new Conv2d(1, 1, 3, { padding: 1 });
  const x = tensor(new Float32Array(64).fill(0.5), [1, 1, 8, 8]);
  const out = tensor(new Float32Array(64), [1, 1, 8, 8]);
  // One options object for all calls: otherwise its allocation would be counted.
  const options = { out };
  return { forward: () => layer.forward(x, options), memoryUsage };
}

/** Prints the milliseconds of the import, and of the first and second forward of this process. */
async function first(): Promise<void> {
  const start = performance.now();
  await import(BUNDLE);
  const imported = performance.now();
  const { forward } = await smallLayer(BUNDLE);
  forward();
  const once = performance.now();
  forward();
  console.log(JSON.stringify([imported - start, once - imported, performance.now() - once]));
}

function reportFirst(): void {
  const runs = Array.from({ length: PROCESSES }, () => {
    return JSON.parse(inProcess(FIRST)) as number[];
  });
  const [imported, once, twice] = [0, 1, 2].map((index) => median(runs.map((run) => run[index])).toFixed(2));
  console.log(
    `fresh process (median of ${PROCESSES}): import ${imported} ms, first forward ${once} ms, second ${twice} ms`,
  );
}

/** Prints the bytes allocated per call, the bytes retained after collection, and the growth of wasm memory. */
async function heap(): Promise<void> {
  const collect = (globalThis as unknown as { gc(): void }).gc;
  const { forward, memoryUsage } = await smallLayer();
  const used = () => process.memoryUsage().heapUsed;
  const repeat = () => {
    for (let i = 0; i < CALLS; i++) forward();
  };
  repeat();
  collect();
  const [before, wasmBefore] = [used(), memoryUsage().total];
  repeat();
  const after = used();
  collect();
  console.log(
    `${CALLS} calls: ${((after - before) / CALLS).toFixed(1)} bytes allocated a call, ${used() - before} bytes kept in all, ` +
      `wasm memory grown by ${memoryUsage().total - wasmBefore} bytes`,
  );
}

function inProcess(...flags: string[]): string {
  const [purpose, ...options] = flags;
  return execFileSync(process.execPath, [...options, fileURLToPath(import.meta.url), purpose], {
    encoding: 'utf8',
  }).trim();
}

function reportTime(forward: () => unknown): void {
  const { median: middle, least } = time(
    () => {
      const start = performance.now();
      for (let i = 0; i < BATCH; i++) forward();
      const elapsed = performance.now() - start;
      return { overriddenDuration: elapsed / BATCH, overriddenIterationCost: elapsed };
    },
    { time: 500, iterations: 50, warmup: 200 },
  );
  console.log(
    `a call of Conv2d(1, 1, 3) on 8×8 with out: median ${(middle * 1000).toFixed(2)} µs, least ${(least * 1000).toFixed(2)} µs`,
  );
}

if (process.argv.includes(FIRST)) {
  await first();
} else if (process.argv.includes(HEAP)) {
  await heap();
} else {
  reportTime((await smallLayer()).forward);
  console.log(
    inProcess(HEAP, '--expose-gc', `--min-semi-space-size=${YOUNG}`, `--max-semi-space-size=${YOUNG}`),
  );
  reportFirst();
}
