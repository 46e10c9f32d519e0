// npm run bench:brain: MeshNet on the supplied MRI by convnd and by onnxruntime-web, in separate processes, interleaved. Times the first
// and only run of each process, as in a page, including copies in and out.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadSafetensors, type TensorLike, tensor } from 'convnd';
import { parseProblem } from '#src/problem/line.js';
import { dataFile, readBytes } from '../../examples/files.js';
import { argmax, MeshNet } from '../../examples/meshnet.js';
import { readLabels, readVolume } from '../../examples/nifti-files.js';
import { onnxChain } from './onnx-model.js';

const ROUNDS = 3;

const volume = readVolume(dataFile('t1_crop.nii.gz'));
const shape = [1, 1, ...volume.shape];
const checkpoint = loadSafetensors(readBytes(dataFile('meshnet-gwm.safetensors')));

async function byConvnd(): Promise<[number, Float32Array]> {
  const network = new MeshNet(checkpoint);
  const start = performance.now();
  const { data } = network.forward(tensor(volume.data, shape));
  return [performance.now() - start, data];
}

async function byOrt(): Promise<[number, Float32Array]> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  const size = volume.shape.join('x');
  const layers = new MeshNet(checkpoint as Record<string, TensorLike>).layers.map((layer) => {
    const [k, d] = [layer.kernelSize[0], layer.dilation[0]];
    const line = `n1 g1 c${layer.inChannels} f${layer.outChannels} i${size} k${k} p${(d * (k - 1)) / 2} d${d}`;
    const [weight, bias] = layer.parameters().map(({ data }) => data as Float32Array<ArrayBuffer>);
    return { problem: parseProblem(line), operands: { x: new Float32Array(0), weight, bias } };
  });
  const session = await ort.InferenceSession.create(onnxChain(layers), { executionProviders: ['wasm'] });
  const start = performance.now();
  const { y } = await session.run({ x: new ort.Tensor('float32', volume.data, shape) });
  return [performance.now() - start, y.data as Float32Array];
}

const runs: Record<string, () => Promise<[number, Float32Array]>> = { convnd: byConvnd, ort: byOrt };
const only = process.argv[3];
if (only !== undefined) {
  const [milliseconds, scores] = await runs[only]();
  const expected = readLabels(dataFile('meshnet-gwm.labels.u8.gz'), volume);
  const labels = argmax(tensor(scores, [1, 3, ...volume.shape]));
  const differ = labels.reduce((count, label, i) => count + (label === expected[i] ? 0 : 1), 0);
  const gigabytes = (process.resourceUsage().maxRSS * 1024) / 1e9;
  console.log(
    `${only.padEnd(8)} ${(milliseconds / 1000).toFixed(2)} s, ${gigabytes.toFixed(2)} GB at most, ${differ} of ${labels.length} voxels differ from PyTorch`,
  );
} else {
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(runs)) {
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'brain', name], { stdio: 'inherit' });
    }
  }
}
