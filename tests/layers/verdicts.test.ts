// PyTorch's verdicts on bad and borderline arguments: what it refuses is refused, what it takes is taken.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Tensor, tensor } from 'convnd';
import { type AnyLayer, functionalOf, moduleNames, optionsOf, torchLayer } from '../helpers/build.js';
import { readJson, type TorchLayer, type Verdict } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

interface VerdictCase extends TorchLayer {
  id: string;
  what: string;
  input: number[];
  call?: { output_size: number[] };
  weight?: number[];
  bias?: number[] | null;
  verdict: Verdict;
  also?: Record<string, Verdict>;
  quirk?: string;
}

/**
 * What convnd decides where PyTorch's verdict is an accident (`quirk`) or its versions differ:
 * the verdict of PyTorch 1.13, or that of 2.6.
 */
const decisions: Record<string, '1.13' | '2.6'> = {
  // The result has 0 channels, whatever the layer's number of filters.
  'in_channels 0': '1.13',
  'kernel_size 0': '1.13',
  'kernel_size 0 in one dimension': '1.13',
  // A tuple of one element is repeated for every dimension (but not that of the kernel size).
  'stride tuple of one element': '1.13',
  'stride tuple too short': '1.13',
  'padding tuple of one element': '1.13',
  'circular padding, unbatched': '2.6',
  'circular padding 0, unbatched': '2.6',
  // With a padding mode other than zeros a negative padding crops.
  'negative padding with reflect': '1.13',
  'negative padding with replicate': '1.13',
  'negative padding with circular': '1.13',
  // An empty tensor.
  'output exactly 0': '2.6',
  'output_size with other batch and channels is not looked at': '1.13',
};

/** Sentences of PyTorch that users search for; each stands in our message where it stands in PyTorch's. */
const sentences = [
  'groups must be a positive integer',
  'in_channels must be divisible by groups',
  'out_channels must be divisible by groups',
  'Invalid padding string',
  "padding='same' is not supported for strided convolutions",
  'padding_mode must be one of',
  /but got padding_mode='\w+'/,
  /Only .zeros. padding mode is supported for ConvTranspose\dd/,
  /ConvTranspose\dD: for \dD input, output_size must have \d or \d elements \(got \d\)/,
  'requested an output size of',
  /valid sizes range from \[.*?\] to \[.*?\]/,
  /Expected \dD \(unbatched\) or \dD \(batched\) input to \w+, but got input of size: \[.*?\]/,
  'negative padding is not supported',
  'negative output_padding is not supported',
  'non-positive stride is not supported',
  'dilation should be greater than zero',
  /Given groups=\d, weight of size \[.*?\], expected input\[/,
  /Given groups=\d, expected weight to be (at least|divisible by) \d at dimension 0/,
  /Given transposed=1, weight of size \[.*?\], expected input\[/,
  /to have \d channels, but got \d channels instead/,
  /Given \w+=1, weight of size \[.*?\], expected bias to be 1-dimensional with \d elements, but got bias of size \[.*?\]/,
  /Calculated padded input size per channel: \(.*?\). Kernel size: \(.*?\). Kernel size can't be greater than actual input size/,
  'output padding must be smaller than either stride or dilation',
  'Padding size should be less than the corresponding input dimension',
  'Padding value causes wrapping around more than once',
];

/** What we say where PyTorch's message has none of these sentences, or notices a wrong argument only by what it breaks. */
const ours: Record<string, RegExp> = {
  'in_channels negative': /^Trying to create tensor with negative dimension -\d+: in_channels/,
  'in_channels fractional': /^in_channels must be divisible by groups, but got in_channels=\d\.\d/,
  'out_channels negative': /^Trying to create tensor with negative dimension -\d+: out_channels/,
  'out_channels 0':
    /^Given groups=\d, expected weight to be at least \d at dimension 0, but got out_channels=0/,
  'kernel_size 0': /^kernel size should be greater than zero, but got kernel_size=\(0/,
  'kernel_size 0 in one dimension': /^kernel size should be greater than zero, but got kernel_size=\(.*0/,
  'kernel_size negative': /^Trying to create tensor with negative dimension: kernel_size=\(-/,
  'kernel_size fractional': /^kernel_size must be an integer, but got \d\.\d/,
  'kernel_size tuple too long': /^expected kernel_size to be a single integer value or a list of \d values/,
  'kernel_size tuple too short': /^expected kernel_size to be a single integer/,
  'kernel of size 0': /^kernel size should be greater than zero, but got kernel size \[.*0/,
  'stride fractional': /^stride must be an integer, but got \d\.\d/,
  'stride tuple too long': /^expected stride to be a single integer value or a list of \d values/,
  'stride tuple too short': /^expected stride to be a single integer value or a list of \d values/,
  'padding tuple too long': /^expected padding to be a single integer value or a list of \d values/,
  'padding string in ConvTranspose':
    /^conv_transpose\dd\(\): argument 'padding' must be tuple of ints, but got 'same'/,
  "padding 'valid' in ConvTranspose":
    /^conv_transpose\dd\(\): argument 'padding' must be tuple of ints, but got 'valid'/,
  'output_padding tuple too long':
    /^expected output_padding to be a single integer value or a list of \d values/,
  'dilation 0': /^dilation should be greater than zero, but got \[0/,
  'dilation tuple too long': /^expected dilation to be a single integer value or a list of \d values/,
  'groups 0': /^non-positive groups is not supported/,
  'spatial size 0': /^Only zero batch or zero channel inputs are supported, but got input shape: \[.*0/,
  'spatial size 0, padded':
    /^Only zero batch or zero channel inputs are supported, but got input shape: \[.*0/,
  'reflect of an empty dimension': /^Padding size should be less than the corresponding input dimension/,
  'reflect, rank too low': /^Expected \dD \(unbatched\) or \dD \(batched\) input to conv\dd/,
  'bias too short': /^Given weight of size .* expected bias to be 1-dimensional with \d elements/,
  'bias of one element': /^Given weight of size .* expected bias to be 1-dimensional with \d elements/,
  'bias of rank 2': /^Given weight of size .* expected bias to be 1-dimensional with \d elements/,
  'weight rank too low':
    /^(weight should have at least three dimensions|Expected \d-dimensional input for \d-dimensional weight)/,
  'weight rank too high': /^Expected \d-dimensional input for \d-dimensional weight/,
  'output smaller than 1': /^Given input size per channel: .* Output size is too small/,
};

const { cases } = readJson<{ cases: VerdictCase[] }>('pytorch/errors.json');

function decided({ id, what, verdict, also, quirk }: VerdictCase): Verdict {
  const newer = Object.values(also ?? {})[0];
  const differ = newer !== undefined && (newer.stage === 'ok') !== (verdict.stage === 'ok');
  if (!quirk && !differ) return verdict;
  assert.ok(what in decisions, `${id}: ${what} needs a decision`);
  return decisions[what] === '2.6' && newer ? newer : verdict;
}

/** Every message ends with the layer or functional that it is about. */
const NAMES_THE_LAYER = / \[(Conv|conv).*\]$/;

const ones = (shape: number[]): Tensor => tensor(new Float32Array(product(shape)).fill(1), shape);

function run(entry: VerdictCase): { shape: number[]; layer?: AnyLayer } {
  const x = ones(entry.input);
  if (entry.weight) {
    const call = functionalOf(entry.module.replace('functional.', ''));
    return {
      shape: call(x, ones(entry.weight), entry.bias ? ones(entry.bias) : null, optionsOf(entry.args)).shape,
    };
  }
  const layer = torchLayer(entry);
  return { shape: layer.forward(x, { outputSize: entry.call?.output_size }).shape, layer };
}

/** The parts of PyTorch's message that must be found in ours, if there are any. */
function expectedText({ what, verdict, also }: VerdictCase): string[] {
  // PyTorch notices a fraction by what it breaks.
  if (what.endsWith('fractional')) return [];
  const messages = [verdict, ...Object.values(also ?? {})].map(({ message }) => message ?? '');
  return sentences.flatMap((sentence) => {
    for (const message of messages) {
      if (typeof sentence === 'string' ? message.includes(sentence) : sentence.test(message)) {
        return [typeof sentence === 'string' ? sentence : message.match(sentence)![0]];
      }
    }
    return [];
  });
}

describe('PyTorch verdicts', () => {
  it('has 498 rows and a use for every decision and message', () => {
    assert.equal(cases.length, 498);
    for (const what of [...Object.keys(decisions), ...Object.keys(ours)])
      assert.ok(
        cases.some((entry) => entry.what === what),
        what,
      );
  });

  for (const module of [
    ...moduleNames,
    ...new Set(cases.map((entry) => entry.module).filter((name) => name.startsWith('functional'))),
  ]) {
    describe(module, () => {
      for (const entry of cases.filter((other) => other.module === module)) {
        const want = decided(entry);
        const name = `${entry.id.split('/')[1]}: ${entry.what}`;
        if (want.stage === 'ok') {
          it(`${name} gives [${want.output}]`, () => {
            const { shape, layer } = run(entry);
            assert.deepEqual(shape, want.output);
            const outputSize = entry.call?.output_size;
            if (layer) assert.deepEqual(layer.outputShape(entry.input, { outputSize }), want.output);
          });
          continue;
        }
        it(`${name} is refused`, () => {
          const expected = expectedText(entry);
          const own = expected.length > 0 ? NAMES_THE_LAYER : ours[entry.what];
          assert.ok(own, `${entry.what} needs a message`);
          const message = refused(() => run(entry), own, entry.id);
          assert.match(message, NAMES_THE_LAYER);
          for (const text of expected) {
            assert.ok(message.includes(text), `expected "${text}" in "${message}"`);
          }
        });
      }
    });
  }
});
