// A Web Worker that runs a U-Net on pictures and reports its progress: docs/cookbook.md.

import { loadSafetensors, tensor } from 'convnd';
import { UNet } from './unet.js';

let net: UNet | undefined;

addEventListener('message', ({ data: { weights, pictures, shape } }: MessageEvent) => {
  if (weights) {
    net = new UNet(loadSafetensors(weights as ArrayBuffer));
    return;
  }
  const results = (pictures as Float32Array[]).map((picture, i) => {
    const { data } = net!.forward(tensor(picture, shape as number[]));
    postMessage({ done: i + 1, of: pictures.length });
    return data;
  });
  // transfers the arrays without a copy
  postMessage({ results }, { transfer: results.map(({ buffer }) => buffer as ArrayBuffer) });
});
