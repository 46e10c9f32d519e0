// The common code of the benchmarks of jax-js: its wasm device, and a layer as a function. Imports only types, because each benchmark has
// its own packages.

import type * as Jax from '@jax-js/jax';
import type { Problem } from '#src/problem/problem.js';

type Pair = [number, number];

/** jax-js on its wasm device. */
export async function onWasm(jax: typeof Jax): Promise<typeof Jax> {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return jax;
}

/**
 * The layer as a function that takes ownership of its arrays, as jax-js requires.
 * @throws RangeError for a transposed layer with groups, which jax-js does not support
 */
export function layerOf({ lax }: typeof Jax, p: Problem) {
  const [stride, dilation] = [[...p.stride], [...p.dilation]];
  if (!p.kind.transposed) {
    const padding = p.paddingBegin.map((begin, axis): Pair => [begin, p.paddingEnd[axis]]);
    const options = { rhsDilation: dilation, featureGroupCount: p.groups };
    return (x: Jax.Array, w: Jax.Array) => lax.convGeneralDilated(x, w, stride, padding, options);
  }
  if (p.groups > 1) throw new RangeError('convTranspose has no groups');
  const padding = p.paddingBegin.map(
    (begin, axis): Pair => [begin, p.paddingEnd[axis] - p.outputPadding[axis]],
  );
  const options = { rhsDilation: dilation, transposeKernel: true };
  return (x: Jax.Array, w: Jax.Array) => lax.convTranspose(x, w, stride, padding, options);
}
