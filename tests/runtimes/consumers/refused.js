// What convnd says where WebAssembly can't start: importing it and making a layer must go well, and the first convolution
// explain what is missing.

import { Conv1d, init, tensor } from 'ENTRY';

const entry = 'ENTRY';

export async function run() {
  const layer = new Conv1d(1, 1, 2);
  try {
    if (entry === 'convnd/wasm') await init();
    layer.forward(tensor(new Float32Array(3), [1, 3]));
  } catch ({ message }) {
    return { message };
  }
  return { message: 'nothing was refused' };
}
