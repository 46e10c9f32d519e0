// The cookbook: its ports compute what PyTorch computes, its workers run, and its pages show the code that does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Worker as NodeWorker } from 'node:worker_threads';
import { Conv1d, functional, type StateDict, saveSafetensors, settings, type Tensor, tensor } from 'convnd';
import edge from '../../examples/edge-worker.js';
import { Generator } from '../../examples/hifigan.js';
import { segment } from '../../examples/net-page.js';
import { ResNet18 } from '../../examples/resnet18.js';
import { SegNet } from '../../examples/segnet.js';
import { UNet } from '../../examples/unet.js';
import { assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type Stored } from '../helpers/fixtures.js';

interface Row {
  id: string;
  input: number[];
  output: number[];
  max_abs: number;
  torch_f32_max_abs_error: number;
}

const { cases } = readJson<{ cases: Row[] }>('networks/cases.json');
const ports: Record<string, new (dict: StateDict) => { forward(x: Tensor): Tensor }> = {
  unet: UNet,
  hifigan: Generator,
  resnet18: ResNet18,
  segnet: SegNet,
};

/** The state dict, the input and the output of a network. */
function read(id: string): { dict: StateDict; input: Stored; output: Stored } {
  const tensors = readTensors(`networks/${id}.safetensors`);
  const state = [...tensors].filter(([name]) => name.startsWith('state/'));
  const dict = Object.fromEntries(state.map(([name, values]) => [name.slice('state/'.length), values]));
  return { dict, input: tensors.get('input')!, output: tensors.get('output')! };
}

/** The largest difference of two lists, infinite where a number is none. */
const difference = (a: ArrayLike<number>, b: Float32Array) =>
  b.reduce((most, value, i) => {
    const error = Math.abs(value - a[i]);
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);

describe('the ports of the cookbook', () => {
  for (const [id, Port] of Object.entries(ports)) {
    const row = cases.find((each) => each.id === id)!;
    for (const [winograd, bound] of [
      ['never', 4 * row.torch_f32_max_abs_error],
      ['auto', 2e-5 * row.max_abs],
    ] as const) {
      it(`${id}, winograd ${winograd}, is PyTorch's within ${bound.toPrecision(2)}, twice`, () => {
        settings.winograd = winograd;
        try {
          const { dict, input, output } = read(id);
          const net = new Port(dict);
          for (let call = 0; call < 2; call++) {
            const y = net.forward(input);
            assert.deepEqual(y.shape, row.output);
            const error = difference(y.data, output.data);
            assert.ok(error <= bound, `off by ${error}`);
          }
        } finally {
          settings.winograd = 'auto';
        }
      });
    }
  }
});

describe('what the cookbook says between its examples', () => {
  const x = tensor([-7, -2.5, -1, 0, 0.5, 2, 4, 9], [1, 2, 4]);
  const dict = { weight: tensor([0.5, -1, 0.25, 1], [2, 2, 1]), bias: tensor([1, -0.5]) };
  const plain = Conv1d.from(dict).forward(x).data;

  it('a PReLU of one weight is a leaky ReLU', () => {
    const { data } = Conv1d.from(dict).forward(x, { activation: 'leakyRelu', negativeSlope: 0.25 });
    assertSame(
      data,
      plain.map((value) => (value > 0 ? value : 0.25 * value)),
      'outputs',
    );
    assert.ok(plain.some((value) => value < 0));
  });

  it('a gate of hardsigmoid is relu6 of a layer with 3 more in its bias, scaled where it multiplies', () => {
    const gate = Conv1d.from({ ...dict, bias: tensor(dict.bias.data.map((value) => value + 3)) });
    const product = functional.conv1d(
      tensor(x, [1, 8, 1]),
      tensor(gate.forward(x, { activation: 'relu6' }), [8, 1, 1]),
      null,
      { groups: 8, scale: 1 / 6 },
    );
    const wanted = plain.map((value, i) => x.data[i] * Math.min(Math.max(value / 6 + 0.5, 0), 1));
    assert.ok(difference(product.data, wanted) < 1e-6);
  });

  it('a convolution with a mask is read by the names of a pruned one', () => {
    const mask = tensor([1, 0, 1, 1], [2, 2, 1]);
    const masked = Conv1d.from({ weight_orig: dict.weight, weight_mask: mask, bias: dict.bias });
    assertSame(masked.weight.data, [0.5, 0, 0.25, 1], 'weight');
  });
});

/** What a page calls Worker, by Node's threads. */
class WebWorker extends EventTarget {
  readonly #thread: NodeWorker;

  constructor(url: URL) {
    super();
    const scope = `
      const { parentPort } = require('node:worker_threads');
      globalThis.postMessage = (message, { transfer }= {}) => parentPort.postMessage(message, transfer);
      globalThis.addEventListener = (type, listener) => parentPort.on(type, (data) => listener({ data }));
      import('${url}');`;
    this.#thread = new NodeWorker(scope, { eval: true });
    this.#thread.on('message', (data) => this.dispatchEvent(new MessageEvent('message', { data })));
    this.#thread.on('error', ({ message }) =>
      this.dispatchEvent(Object.assign(new Event('error'), { message })),
    );
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
  }

  terminate(): Promise<number> {
    return this.#thread.terminate();
  }
}

const fileOf = (dict: StateDict) => new Uint8Array(saveSafetensors(dict)).buffer;

describe('the workers of the cookbook', () => {
  it('segment pictures and tell how far they are', async () => {
    const { dict, input, output } = read('unet');
    const size = input.data.length / 2;
    const pictures = [0, 1].map((i) => new Float32Array(input.data.subarray(i * size, (i + 1) * size)));
    const told: string[] = [];
    const worker = new WebWorker(new URL('../../examples/net-worker.js', import.meta.url));
    try {
      const results = await segment(
        worker as unknown as Worker,
        fileOf(dict),
        pictures,
        [1, ...input.shape.slice(1)],
        (done, of) => told.push(`${done} of ${of}`),
      );
      assert.deepEqual(told, ['1 of 2', '2 of 2']);
      assert.equal(pictures[0].length, 0); // transferred
      const all = results.flatMap((result) => [...result]);
      assert.ok(difference(all, output.data) < 1e-4);
    } finally {
      await worker.terminate();
    }
  });

  it('answer a request at the edge, and load the weights once, or again after a failure', async () => {
    const { dict, input, output } = read('resnet18');
    const away = { fetch: () => Promise.reject(new Error('the assets are away')) };
    const early = new Request('https://edge/', { method: 'POST', body: new Float32Array(3) });
    await assert.rejects(edge.fetch(early, { ASSETS: away }), /the assets are away/);
    let loads = 0;
    const ASSETS = {
      fetch: async (url: string) => {
        assert.equal(new URL(url).pathname, '/resnet18.safetensors');
        loads++;
        return new Response(fileOf(dict));
      },
    };
    const [, channels, height, width] = input.shape;
    const size = channels * height * width;
    for (let i = 0; i < 2; i++) {
      const body = new Float32Array(input.data.subarray(i * size, (i + 1) * size));
      const answer = await edge.fetch(new Request('https://edge/', { method: 'POST', body }), { ASSETS });
      const scores = (await answer.json()) as number[];
      assert.ok(difference(scores, output.data.subarray(10 * i, 10 * (i + 1))) < 1e-3);
    }
    assert.equal(loads, 1);
  });
});

describe('docs/cookbook.md', () => {
  const page = readFileSync('docs/cookbook.md', 'utf8');

  for (const name of ['unet', 'hifigan', 'resnet18', 'segnet', 'net-worker', 'net-page', 'edge-worker'])
    it(`shows examples/${name}.ts as it is`, () => {
      const file = `examples/${name}.ts`;
      const code = readFileSync(file, 'utf8').replace(/^\/\/.*\n\n/, '');
      assert.ok(page.includes(`\`\`\`ts\n${code}\`\`\`\n`), `${file} is another`);
    });
});
