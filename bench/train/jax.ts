// jax-js on its wasm device, which has one thread in Node: forward and both gradients, compiled by jit.

import type * as Jax from '@jax-js/jax';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, makeOperands, outputShape, product, randomFloats, weightShape } from '../operands.js';
import { layerOf, onWasm } from '../rivals/jax-layer.js';
import { NONE, type Times } from './contender.js';

let ready: Promise<typeof Jax> | undefined;

/** Minimum milliseconds of a few awaited calls. */
async function least(call: () => Jax.Array): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0, spent = 0; round < 5 && spent < 3000; round++) {
    const begin = performance.now();
    (await call().blockUntilReady()).dispose();
    const elapsed = performance.now() - begin;
    spent += elapsed;
    best = Math.min(best, elapsed);
  }
  return best;
}

/** The times of a problem; none if jax-js does not support it. */
export async function jaxTimes(p: Problem): Promise<Times> {
  if (p.kind.transposed && p.groups > 1) return NONE;
  ready ??= import('@jax-js/jax').then(onWasm);
  const jax = await ready;
  const array = (data: Float32Array<ArrayBuffer>, shape: readonly number[]) =>
    jax.numpy.array(data).reshape([...shape]);
  const { x, weight } = makeOperands(p);
  const given = [
    array(x, inputShape(p)),
    array(weight, weightShape(p)),
    array(randomFloats(product(outputShape(p)), 4), outputShape(p)),
  ];
  const layer = layerOf(jax, p);
  const scored = (a: Jax.Array, w: Jax.Array, g: Jax.Array) => layer(a, w).mul(g).sum();
  const [forward, input, weightOf] = [
    jax.jit(layer),
    jax.jit(jax.grad(scored, { argnums: 0 })),
    jax.jit(jax.grad(scored, { argnums: 1 })),
  ];
  const [a, w, g] = given;
  const times: Times = [
    await least(() => forward(a.ref, w.ref)),
    await least(() => input(a.ref, w.ref, g.ref)),
    await least(() => weightOf(a.ref, w.ref, g.ref)),
  ];
  for (const each of given) each.dispose();
  return times;
}
