// jax-js on its wasm device, which has one thread in Node.

import type * as Jax from '@jax-js/jax';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, weightShape } from '../operands.js';
import { layerOf, onWasm } from './jax-layer.js';
import type { Prepared, Rival } from './rival.js';

let ready: Promise<typeof Jax> | undefined;

/** Imports jax-js late: if another runtime has defined a global Worker, jax-js tries to use threads and fails. */
async function start(): Promise<typeof Jax> {
  Reflect.deleteProperty(globalThis, 'Worker');
  return onWasm(await import('@jax-js/jax'));
}

/** With and without jit: either can be faster, by up to a factor of 6. */
async function faster(...calls: (() => Jax.Array)[]): Promise<() => Jax.Array> {
  const times: number[] = [];
  for (const call of calls) {
    let elapsed = 0;
    // The first run compiles. A run of 500 ms or more is not repeated: compilation is a small part of it.
    for (let run = 0; run < 2 && elapsed < 500; run++) {
      const start = performance.now();
      (await call().blockUntilReady()).dispose();
      elapsed = performance.now() - start;
    }
    times.push(elapsed);
  }
  return calls[times.indexOf(Math.min(...times))];
}

async function prepare(p: Problem, { x, weight, bias }: Operands): Promise<Prepared> {
  ready ??= start();
  const jax = await ready;
  if (p.paddingMode !== 'zeros') throw new RangeError(`no padding mode ${p.paddingMode}`);
  const array = (data: Float32Array<ArrayBuffer>, shape: readonly number[]) =>
    jax.numpy.array(data).reshape([...shape]);
  const operands = [array(x, inputShape(p)), array(weight, weightShape(p))] as const;
  const b = array(bias, [1, p.filters, ...p.kernel.map(() => 1)]);
  const layer = layerOf(jax, p);
  const plain = (x: Jax.Array, w: Jax.Array, b: Jax.Array) => layer(x, w).add(b);
  const compiled = jax.jit(plain);
  const bound = (call: typeof plain) => () => call(operands[0].ref, operands[1].ref, b.ref);
  const once = await faster(bound(plain), bound(compiled));
  return {
    awaited: true,
    run: async () => (await once().blockUntilReady()).dispose(),
    output: async () => (await once().data()) as Float32Array,
    dispose() {
      compiled.dispose();
      for (const owned of [...operands, b]) owned.dispose();
    },
  };
}

export const jaxJs: Rival = {
  name: 'jax-js',
  resident: true,
  includes:
    'the call on resident arrays, plain or compiled by jit, whichever was faster, awaited; y allocated and freed each run',
  prepare,
};
