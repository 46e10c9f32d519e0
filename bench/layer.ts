// Builds the layer of a problem from a build of convnd: this one or another commit's.

import type * as Convnd from 'convnd';
import type { Problem } from '#src/problem/problem.js';
import { type Operands, outputShape, weightShape } from './operands.js';

/** The part of a layer's interface that benchmarks use. */
export interface BenchLayer {
  forward(x: Convnd.TensorLike, options?: { out?: Convnd.Tensor }): Convnd.Tensor;
  explain(inputShape: readonly number[]): string;
  loadStateDict(dict: Record<string, Convnd.TensorLike>): unknown;
  algorithm?: string;
  dispose(): void;
}

type Constructor = new (
  channels: number,
  filters: number,
  kernel: readonly number[],
  options: object,
) => BenchLayer;

/** The constructor's `padding`. Only 'same' has different padding on the two sides. */
function paddingOption(p: Problem): readonly number[] | 'same' {
  return p.paddingBegin.every((begin, axis) => begin === p.paddingEnd[axis]) ? p.paddingBegin : 'same';
}

export function makeLayer(convnd: typeof Convnd, p: Problem, { weight, bias }: Operands): BenchLayer {
  const name = `Conv${p.kind.transposed ? 'Transpose' : ''}${p.rank}d`;
  const Layer = (convnd as unknown as Record<string, Constructor>)[name];
  const { stride, dilation, groups, outputPadding, paddingMode } = p;
  const layer = new Layer(p.channels, p.filters, p.kernel, {
    stride,
    dilation,
    groups,
    padding: paddingOption(p),
    ...(p.kind.transposed ? { outputPadding } : { paddingMode }),
  });
  layer.loadStateDict({
    weight: convnd.tensor(weight, weightShape(p)),
    bias: convnd.tensor(bias, [p.filters]),
  });
  return layer;
}

/** The call that is timed. Input and output are plain arrays, so that both copies are included. */
export function forwardCall(convnd: typeof Convnd, layer: BenchLayer, p: Problem, { x }: Operands) {
  const input = convnd.tensor(x, [p.batch, p.channels, ...p.input]);
  const out = convnd.tensor(new Float32Array(outputShape(p).reduce((a, b) => a * b, 1)), outputShape(p));
  return { run: () => layer.forward(input, { out }), y: out.data };
}

/** The algorithm's name in a layer's explanation. */
export function algorithmOf(layer: BenchLayer, p: Problem): string {
  const text = layer.explain([p.batch, p.channels, ...p.input]);
  return /^\s*algorithm:?\s+([\w-]+)/im.exec(text)?.[1] ?? '?';
}
