// Compares forwardAsync with forward on layers of UpConv7 and MeshNet, on workers without shared memory; checks that results are bitwise
// equal. Interleaved rounds, minimum times. node build/bench/forward-async.js [workers] [rounds] [part of a name]

import { Conv2d, Conv3d, ConvTranspose2d, resident, type Tensor, tensor } from 'convnd';
import { forwardAsync } from 'convnd/threads';
import { setWorkers } from '#src/threads/async-workers.js';
import { newWorker } from '#src/threads/host.js';
import { threadLine } from '#src/threads/thread-line.js';

const [workers = 2, rounds = 5] = process.argv.slice(2).map(Number);
const named = process.argv[4] ?? '';

const random = (shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.random() - 0.5),
    shape,
  );

type Layer = Conv2d;
interface Row {
  readonly name: string;
  readonly layer: Layer;
  readonly shape: number[];
  readonly options: object;
  readonly isResident: boolean;
}

const rows: Row[] = [];
const add = (name: string, layer: unknown, shape: number[], options: object, isResident = false) =>
  rows.push({ name, layer: layer as Layer, shape, options, isResident });

// the network's layers for a picture of 451 x 300
const channels = [3, 16, 32, 64, 128, 256, 256];
for (let i = 0; i < 6; i++)
  add(
    `UpConv7 ${i + 1}`,
    new Conv2d(channels[i], channels[i + 1], 3),
    [1, channels[i], 314 - 2 * i, 465 - 2 * i],
    { activation: 'leakyRelu', negativeSlope: 0.1 },
  );
add(
  'UpConv7 7',
  new ConvTranspose2d(256, 3, 4, { stride: 2, padding: 3, bias: false }),
  [1, 256, 302, 453],
  {},
);
const volume = [128, 128, 128];
for (const [i, d] of [1, 2, 4, 8, 16].entries())
  for (const isResident of [false, true])
    add(
      `MeshNet ${i + 1} d${d}${isResident ? ' resident' : ''}`,
      new Conv3d(5, 5, 3, { padding: d, dilation: d }),
      [1, 5, ...volume],
      { activation: 'relu' },
      isResident,
    );
add('MeshNet 10', new Conv3d(5, 3, 1), [1, 5, ...volume], {});
add('ResNet 3x3 64 i56', new Conv2d(64, 64, 3, { padding: 1 }), [1, 64, 56, 56], {});

setWorkers(workers, threadLine(newWorker));
const logs = new Map<string, number[]>();
for (const { name, layer, shape, options, isResident } of rows) {
  if (!name.includes(named)) continue;
  const plain = random(shape);
  const x = isResident ? resident(plain) : plain;
  const size = layer.outputShape(shape);
  const make = () =>
    isResident ? resident({ shape: size }) : tensor(new Float32Array(size.reduce((a, b) => a * b)), size);
  const [one, other] = [make(), make()];
  let [alone, aside, held] = [1e9, 1e9, 0];
  let parts = 0;
  for (let round = 0; round < rounds; round++) {
    let start = performance.now();
    layer.forward(x, { ...options, out: one });
    alone = Math.min(alone, performance.now() - start);
    start = performance.now();
    parts = 0;
    const call = forwardAsync(layer, x, { ...options, out: other, progress: () => parts++ });
    held = performance.now() - start;
    await call;
    aside = Math.min(aside, performance.now() - start);
  }
  const [a, b] = [one.data, other.data];
  if (a.some((value, i) => value !== b[i])) throw new Error(`${name}: other bits`);
  const ratio = alone / aside;
  const network = name.split(' ')[0] + (isResident ? ' resident' : '');
  logs.set(network, [...(logs.get(network) ?? []), alone, aside]);
  console.log(
    `${name.padEnd(22)} ${alone.toFixed(1).padStart(8)} ms ${aside.toFixed(1).padStart(8)} ms  x${ratio.toFixed(2)}  in ${parts}, begins in ${held.toFixed(1)} ms`,
  );
  for (const t of [x, one, other]) if ('dispose' in t) (t as { dispose(): void }).dispose();
  layer.dispose();
}
for (const [network, times] of logs) {
  const of = (offset: number) => times.filter((_, i) => i % 2 === offset);
  const total = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const mean = Math.exp(total(of(0).map((t, i) => Math.log(t / of(1)[i]))) / of(0).length);
  console.log(
    `${network}: total x${(total(of(0)) / total(of(1))).toFixed(2)}, geometric mean x${mean.toFixed(2)}`,
  );
}
setWorkers(1, threadLine(newWorker));
