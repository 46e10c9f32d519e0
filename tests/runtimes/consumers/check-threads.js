// Compares what several threads compute with what one does, and kills one of them during a call.

import { check } from './check.js';
import { faultyText } from './faulty-text.js';

/** Whole numbers from -4 to 4: all sums are exact. */
function numbers(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state % 9) - 4;
  });
}

/** Layers that are worth dividing, one for each way to compute. */
function works({ Conv2d, tensor }) {
  return [
    [64, 64, 3, { padding: 1 }, 56],
    [64, 128, 1, {}, 40],
    [3, 64, 7, { stride: 2, padding: 3 }, 96],
    [32, 32, 3, { padding: 1, groups: 32 }, 112],
  ].map(([channels, filters, kernel, options, size], i) => {
    const layer = new Conv2d(channels, filters, kernel, options);
    const shape = [filters, channels / (options.groups ?? 1), kernel, kernel];
    const count = shape.reduce((a, b) => a * b);
    layer.loadStateDict({
      weight: { data: numbers(count, i), shape },
      bias: { data: numbers(filters, i + 9), shape: [filters] },
    });
    const x = tensor(numbers(channels * size * size, i + 5), [1, channels, size, size]);
    const wanted = layer.forward(x).data;
    return () => layer.forward(x).data.every((value, place) => value === wanted[place]);
  });
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

/** A worker that ends, or at least never comes back, when it takes a chunk; `fresh` makes those that take its place. */
function killer(fresh) {
  let made = 0;
  const faulty = () => {
    const { Worker: NodeWorker } = globalThis.process?.getBuiltinModule?.('node:worker_threads') ?? {};
    if (NodeWorker) return new NodeWorker(faultyText, { eval: true, execArgv: [] });
    const url = fresh
      ? '/faulty-worker.js'
      : URL.createObjectURL(new Blob([faultyText], { type: 'text/javascript' }));
    return new Worker(url, { type: 'module' });
  };
  return { worker: () => (made++ === 0 ? faulty() : (fresh ?? faulty)()), replaced: () => made > 1 };
}

/** @param worker makes workers where a policy lets none be made of a Blob */
export async function checkThreads(convnd, fixtures, worker) {
  const { setNumThreads, getNumThreads } = convnd;
  const canShare = typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;
  const calls = works(convnd);
  const found = { passed: 0, failed: 0, details: [] };
  const test = (what, holds) => {
    if (holds) found.passed++;
    else {
      found.failed++;
      found.details.push(what);
    }
  };
  const count = await setNumThreads(3, worker && { worker });
  test(`${count} threads`, count === (canShare ? 3 : 1));
  test('getNumThreads', getNumThreads() === count);
  for (let turn = 0; turn < 10; turn++, await pause())
    for (const [i, isRight] of calls.entries()) test(`layer ${i} on ${count} threads`, isRight());
  const { passed, failed, details, worst, multiplyAdds } = check(convnd, fixtures);
  found.passed += passed;
  found.failed += failed;
  found.details.push(...details);

  let note = `${count} threads`;
  if (count > 1) {
    const { worker: faulty, replaced } = killer(worker);
    test('a thread to kill', (await setNumThreads(2, { worker: faulty })) === 2);
    const end = Date.now() + 180_000;
    for (; !replaced() && Date.now() < end; await pause())
      test('a layer with a thread that is killed', calls[0]());
    test('the killed thread is replaced', replaced());
    test('threads after it', (await setNumThreads(3, worker && { worker })) === 3);
    for (const [i, isRight] of calls.entries()) test(`layer ${i} after a thread was killed`, isRight());
    if (replaced()) note += '; one was killed within a chunk';
  }
  test('one thread', (await setNumThreads(1)) === 1 && calls[0]());
  return { ...found, worst, multiplyAdds, note };
}

/** What a host says that has no threads. */
export async function checkRefusal({ setNumThreads }) {
  const message = await setNumThreads(2).then(
    (count) => `${count} threads`,
    (error) => error.message,
  );
  const ok = message.includes('this host starts no threads');
  return { passed: +ok, failed: +!ok, details: [message], note: `"${message}"` };
}
