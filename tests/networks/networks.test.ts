// Six small networks of PyTorch, whole, by what convnd has: pooling, channels, and what stands beside a convolution.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StateDict, settings, type Tensor } from 'convnd';
import { SegNet } from '../../examples/segnet.js';
import { assertNear } from '../helpers/compare.js';
import { readJson, readTensors } from '../helpers/fixtures.js';
import { product } from '../reference/reference.js';
import { EfficientNetBlock } from './efficientnet-block.js';
import { HiFiGan } from './hifigan.js';
import { ResNet } from './resnet.js';
import { Rrdb } from './rrdb.js';
import { UNet } from './unet.js';

interface NetworkCase {
  id: string;
  output: number[];
  max_abs: number;
  torch_f32_max_abs_error: number;
}

const networks: Record<string, (dict: StateDict) => { forward(x: Tensor): Tensor }> = {
  unet: (dict) => new UNet(dict),
  hifigan: (dict) => new HiFiGan(dict, [4, 2]),
  resnet18: (dict) => new ResNet(dict),
  rrdb: (dict) => new Rrdb(dict),
  segnet: (dict) => new SegNet(dict),
  'efficientnet-block': (dict) => new EfficientNetBlock(dict),
};

describe("PyTorch's networks", () => {
  const { cases } = readJson<{ cases: NetworkCase[] }>('networks/cases.json');
  it('are six', () => assert.deepEqual(cases.map(({ id }) => id).sort(), Object.keys(networks).sort()));

  for (const { id, output, max_abs: most, torch_f32_max_abs_error: theirs } of cases) {
    it(id, () => {
      const tensors = readTensors(`networks/${id}.safetensors`);
      const state = [...tensors].filter(([name]) => name.startsWith('state/'));
      const dict = Object.fromEntries(state.map(([name, values]) => [name.slice('state/'.length), values]));
      const before = settings.winograd;
      try {
        for (const winograd of ['never', 'auto'] as const) {
          settings.winograd = winograd;
          const network = networks[id](dict);
          const bound = winograd === 'never' ? 4 * theirs : 2e-5 * most;
          // the second pass works in the rooms of the first
          for (let pass = 0; pass < 2; pass++) {
            const y = network.forward(tensors.get('input')!);
            assert.equal(product(y.shape), product(output));
            assertNear(y.data, tensors.get('output')!.data, bound, `${id}, winograd ${winograd}`);
          }
        }
      } finally {
        settings.winograd = before;
      }
    });
  }
});
