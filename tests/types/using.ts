// `using`, from TypeScript 5.2 on: compiled by tests/programs.test.ts, never run.

import { Conv2d, resident, type Tensor } from 'convnd';

export function once(x: Tensor): Float32Array {
  using conv = new Conv2d(1, 8, 3);
  using hidden = resident({ shape: conv.outputShape(x.shape) });
  return conv.forward(x, { out: hidden }).data.slice();
}
