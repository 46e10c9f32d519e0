// `using`, from TypeScript 5.2 on, and buffers that no other thread sees, as the types of browsers ask for from 5.9 on: compiled by
// tests/package/programs.test.ts, never run.

import { Conv2d, resident, saveSafetensors, type Tensor } from 'convnd';
import { FirFilter } from 'convnd/signal';

export function once(x: Tensor): Float32Array {
  using conv = new Conv2d(1, 8, 3);
  using hidden = resident({ shape: conv.outputShape(x.shape) });
  return conv.forward(x, { out: hidden }).data.slice();
}

export function download(conv: Conv2d): Blob {
  return new Blob([saveSafetensors(conv.stateDict())]);
}

export function echo(sound: AudioBuffer): AudioBuffer {
  const filter = new FirFilter([1, 0, 0.5]);
  sound.copyToChannel(filter.process(sound.getChannelData(0)), 0);
  for (const channel of filter.process([sound.getChannelData(0)])) sound.copyToChannel(channel, 0);
  return sound;
}
