// Whatever is handed over, wherever: an error has the library's words, not those of the engine that stumbled over it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  functional as F,
  LazyConv1d,
  loadSafetensors,
  manualSeed,
  Parameter,
  ResidentTensor,
  resident,
  saveSafetensors,
  settings,
  tensor,
} from 'convnd';
import { label, refused } from '../helpers/refusal.js';

const odd: unknown[] = [
  null,
  undefined,
  Symbol('x'),
  [Symbol('x')],
  [1, Symbol('x')],
  [1, 2, Symbol('x')],
  { data: [Symbol('x')], shape: [1] },
  { data: new Float32Array(1), shape: [Symbol('x')] },
  { data: new Float32Array(1), shape: null },
  { data: new Float32Array(1), shape: [1], stride: Symbol('x') },
  { data: new Float32Array(1), shape: [1], dtype: Symbol('x'), offset: Symbol('x') },
  { shape: null },
  { shape: Symbol('x') },
  { constructor: null },
  Object.create(null),
  3n,
  [3n],
  -1,
  Number.NaN,
  '',
  'text',
  true,
  {},
  [],
  [[]],
  () => 1,
  new Map(),
];

/** Sentences of V8, for want of looking first. */
const engines =
  /Cannot (convert|read|set|mix|perform|destructure)|is not (iterable|a function|an object)|Invalid (array|typed)|not a constructor|in' operator|Symbol\.iterator/;

const layer = () => new Conv1d(1, 1, 2);
const x = [[1, 2, 3]];

const calls: Record<string, (value: never) => unknown> = {
  'channels in': (v) => new Conv1d(v, 1, 1),
  'channels out': (v) => new Conv1d(1, v, 1),
  'kernel size': (v) => new Conv2d(1, 1, v),
  options: (v) => new Conv2d(1, 1, 1, v),
  stride: (v) => new Conv2d(1, 1, 1, { stride: v }),
  padding: (v) => new Conv2d(1, 1, 1, { padding: v }),
  dilation: (v) => new Conv2d(1, 1, 1, { dilation: v }),
  groups: (v) => new Conv2d(1, 1, 1, { groups: v }),
  bias: (v) => new Conv2d(1, 1, 1, { bias: v }),
  'padding mode': (v) => new Conv2d(1, 1, 1, { paddingMode: v }),
  'output padding': (v) => new ConvTranspose1d(1, 1, 1, { outputPadding: v }),
  'lazy channels': (v) => new LazyConv1d(v, 1),
  input: (v) => layer().forward(v),
  'options of forward': (v) => layer().forward(x, v),
  out: (v) => layer().forward(x, { out: v }),
  activation: (v) => layer().forward(x, { activation: v }),
  slope: (v) => layer().forward(x, { activation: 'leakyRelu', negativeSlope: v }),
  'output size': (v) => new ConvTranspose1d(1, 1, 1).forward(x, { outputSize: v }),
  outputShape: (v) => layer().outputShape(v),
  'options of outputShape': (v) => layer().outputShape([1, 3], v),
  explain: (v) => layer().explain(v),
  tune: (v) => new Conv1d(1, 1, 9).tune(v),
  weight: (v) => Object.assign(layer(), { weight: v }),
  copy: (v) => layer().weight.copy(v),
  'a winograd setting': (v) => Object.assign(layer(), { winograd: v }),
  settings: (v) => Object.assign(settings, { winograd: v }),
  algorithm: (v) => Object.assign(layer(), { algorithm: v }).forward(x),
  'a state dict': (v) => layer().loadStateDict(v),
  'a loaded weight': (v) => layer().loadStateDict({ weight: v, bias: [1] }),
  'options of loadStateDict': (v) => layer().loadStateDict(layer().stateDict(), v),
  'a prefix to load': (v) => layer().loadStateDict(layer().stateDict(), { prefix: v }),
  'a prefix to save': (v) => layer().stateDict(v),
  'functional input': (v) => F.conv1d(v, [[[1]]]),
  'functional weight': (v) => F.conv1d(x, v),
  'functional bias': (v) => F.conv1d(x, [[[1]]], v),
  'functional options': (v) => F.conv1d(x, [[[1]]], null, v),
  tensor: (v) => tensor(v),
  shape: (v) => tensor(new Float32Array(1), v),
  resident: (v) => resident(v),
  'a resident shape': (v) => resident({ shape: v }),
  ResidentTensor: (v) => new ResidentTensor(v),
  'a parameter': (v) => new Parameter(v, [1]),
  "a parameter's shape": (v) => new Parameter(new Float32Array(1), v),
  seed: (v) => manualSeed(v),
  file: (v) => loadSafetensors(v),
  tensors: (v) => saveSafetensors(v),
  'a tensor to save': (v) => saveSafetensors({ a: v }),
  'a dtype to save': (v) => saveSafetensors({ a: { data: new Uint8Array(1), shape: [1], dtype: v } }),
  notes: (v) => saveSafetensors({}, v),
};

describe('an odd value is taken or refused in our words', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`as ${name}`, () => {
      let refusals = 0;
      for (const value of odd) {
        try {
          call(value as never);
        } catch {
          refusals++;
          const text = refused(() => call(value as never), /./, `${name}: ${label(value)}`);
          assert.doesNotMatch(text, engines, `${name}: ${label(value)}`);
        }
      }
      settings.winograd = 'auto';
      assert.ok(refusals > 5, `${refusals} refusals`);
    });
  }
});

describe('a detached buffer', () => {
  const take = (data: Float32Array) => structuredClone(data, { transfer: [data.buffer] });

  it('of a weight or bias is an error that names the layer, until others are assigned', () => {
    const repairs: ((conv: Conv1d) => void)[] = [
      (conv) => Object.assign(conv, { weight: [[[1, 2]]], bias: [3] }),
      (conv) => conv.loadStateDict({ weight: [[[1, 2]]], bias: [3] }),
      (conv) => {
        conv.resetParameters();
        conv.weight.data.set([1, 2]);
        conv.bias!.data.set([3]);
      },
    ];
    for (const repair of repairs) {
      for (const names of [['weight'], ['bias'], ['weight', 'bias']] as const) {
        const conv = layer();
        conv.forward(x);
        for (const name of names) take(conv[name]!.data);
        const message =
          /^parameter: its buffer is detached and its values are lost; assign new ones \[Conv1d\(1, 1, /;
        refused(() => conv.forward(x), message, `${names}: forward`);
        refused(() => conv.stateDict(), message, `${names}: stateDict`);
        refused(() => conv[names[0]]!.data, message, `${names}: data`);
        refused(() => conv.tune([1, 3]), message, `${names}: tune`);
        repair(conv);
        assert.deepEqual([...conv.forward(x).data], [8, 11], `${names}`);
        conv.weight.data[0] = 2;
        assert.deepEqual([...conv.forward(x).data], [9, 13], `${names}: still live`);
      }
    }
  });

  it('of a weight with no element is none', () => {
    const conv = new Conv1d(0, 1, 1, { bias: false });
    take(conv.weight.data);
    assert.deepEqual(conv.forward(tensor(new Float32Array(0), [0, 3])).shape, [0, 3]);
  });
});
