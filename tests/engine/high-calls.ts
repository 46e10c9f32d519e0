// Calls of every entry that computes, as a program: prints their results as JSON, after it took as many bytes of wasm memory as it was
// told. tests/engine/high-addresses.test.ts runs it.

import { Conv1d, Conv2d, functional as F, manualSeed, resident, tensor } from 'convnd';
import { crossCorrelateMasked, filter2d, matchTemplate, phaseCrossCorrelation } from 'convnd/match';
import { gaussianFilter, gaussianLaplace, sobel, uniformFilter } from 'convnd/ndimage';
import {
  convolve,
  correlate,
  correlateTemplate,
  FirFilter,
  layersUseFft,
  upfirdn,
  xcorr,
} from 'convnd/signal';
import { Adam, grad, mseLoss, record } from 'convnd/train';
import { heap } from '#src/engine/heap.js';
import { integers, reals } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';

const [bytes] = process.argv.slice(2).map(Number);
if (bytes > 0) heap().allocate(bytes, 'what lies below');

const random = (...shape: number[]) => tensor(reals(product(shape), shape.length), shape);
const whole = (...shape: number[]) => tensor(integers(product(shape), shape.length), shape);
const dtype = 'float64';
const shown = tensor(new Float32Array(640).fill(1), [20, 32]);

const calls: Record<string, () => ArrayLike<number>> = {
  conv2d: () => F.conv2d(random(1, 16, 32, 32), random(16, 16, 3, 3), null, { padding: 1 }).data,
  'conv2d, not finite': () => {
    const x = random(1, 16, 32, 32);
    x.data[5000] = Number.NaN;
    return F.conv2d(x, random(16, 16, 3, 3), null, { padding: 1 }).data;
  },
  depthwise: () => F.conv2d(random(1, 8, 32, 32), random(8, 1, 5, 5), null, { groups: 8 }).data,
  conv3d: () => F.conv3d(random(1, 4, 9, 9, 9), random(4, 4, 3, 3, 3), null, { dilation: 2 }).data,
  transposed: () => F.convTranspose2d(random(1, 8, 9, 9), random(8, 4, 4, 4), null, { stride: 2 }).data,
  resident: () => {
    const x = resident(random(2, 8, 9, 9));
    const layer = new Conv2d(4, 4, 3, { padding: 1, paddingMode: 'reflect', bias: false });
    layer.weight = random(4, 4, 3, 3);
    layer.forward(x.channels(4, 4), { out: x.channels(0, 4), add: x.channels(0, 4), activation: 'silu' });
    return x.data;
  },
  maxPool: () => F.maxPool2d(random(1, 4, 20, 20), 3, { stride: 2, padding: 1 }).data,
  avgPool: () => F.avgPool2d(random(1, 4, 20, 20), 3).data,
  shortRow: () => correlate(random(300), random(7)).data,
  fft: () => correlate(random(9000), random(800), { method: 'fft' }).data,
  'fft, float64': () => correlate(random(9000), random(800), { method: 'fft', dtype }).data,
  rows: () => correlate(random(90, 100), random(9, 10), { mode: 'same', boundary: 'wrap' }).data,
  planes: () => correlate(random(90, 100), random(30, 30), { method: 'fft', boundary: 'mirror' }).data,
  separable: () => convolve(random(300, 300), tensor(new Float32Array(441).fill(2), [21, 21])).data,
  xcorr: () => xcorr(random(3000), random(3000), { scale: 'normalized' }).data,
  correlateTemplate: () => correlateTemplate(random(3000), random(200)).data,
  upfirdn: () => upfirdn(random(50), random(900), { up: 3, down: 2 }).data,
  FirFilter: () => new FirFilter(random(3000)).process(random(9000).data),
  layersUseFft: () => {
    layersUseFft();
    const layer = new Conv1d(2, 2, 3000, { padding: 'same', bias: false });
    layer.weight = random(2, 2, 3000);
    const { data } = layer.forward(random(1, 2, 10000));
    layersUseFft(false);
    return data;
  },
  match: () => matchTemplate(random(80, 80), random(10, 10)).data,
  'match, whole numbers': () => matchTemplate(whole(200, 300), whole(32, 32)).data,
  'match, float64': () => matchTemplate(random(80, 80), random(10, 10), { dtype }).data,
  'match, float32': () => matchTemplate(random(200, 320), random(32, 32), { precision: 'float32' }).data,
  'match, signals': () => matchTemplate(random(6400), random(100), { method: 'sqdiffNormed' }).data,
  'match, colours': () => matchTemplate(random(80, 80, 3), random(9, 9, 3), { channelAxis: -1 }).data,
  'match, mask': () =>
    matchTemplate(random(80, 80), random(9, 9), { mask: tensor(random(9, 9).data.map(Math.abs), [9, 9]) })
      .data,
  'match, image mask': () =>
    matchTemplate(random(80, 80), random(9, 9), {
      imageMask: tensor(
        whole(80, 80).data.map((x) => Number(x !== 4)),
        [80, 80],
      ),
    }).data,
  filter2d: () => filter2d(random(80, 80), random(5, 5)).data,
  phaseCrossCorrelation: () => phaseCrossCorrelation(random(20, 32), random(20, 32)).shift,
  crossCorrelateMasked: () => crossCorrelateMasked(random(20, 32), random(20, 32), shown, shown).data,
  gaussianFilter: () => gaussianFilter(random(80, 80), 2).data,
  'gaussianFilter, float32': () => gaussianFilter(random(80, 80), 2, { precision: 'float32' }).data,
  gaussianLaplace: () => gaussianLaplace(random(80, 80), 2).data,
  uniformFilter: () => uniformFilter(random(80, 80), { size: 9 }).data,
  sobel: () => sobel(random(80, 80)).data,
  weightGradient: () => grad.conv2dWeight(random(1, 8, 20, 20), [8, 8, 3, 3], random(1, 8, 18, 18)).data,
  training: () => {
    manualSeed(1);
    const [a, b] = [new Conv2d(3, 8, 3, { padding: 1 }), new Conv2d(8, 3, 3, { padding: 1 })];
    const x = random(1, 3, 30, 30);
    const optimizer = new Adam([...a.parameters(), ...b.parameters()]);
    return Array.from({ length: 3 }, () => {
      optimizer.zeroGrad();
      const loss = record(() => mseLoss(b.forward(F.maxPool2d(a.forward(x, { upsample: 2 }), 2)), x));
      loss.backward();
      optimizer.step();
      return loss.item();
    });
  },
};

const results = Object.entries(calls).map(([name, call]) => {
  try {
    return [name, Array.from(call())];
  } catch (error) {
    return [name, `${error}`];
  }
});
// NaN has no number in JSON
const text = (_: string, value: unknown) => (Number.isNaN(value) ? 'NaN' : value);
console.log(JSON.stringify(Object.fromEntries(results), text));
