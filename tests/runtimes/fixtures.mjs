// A selection of PyTorch's results, small enough to be bundled, with the bound of each number.

import { optionsOf, torchProblem } from '../../build/tests/helpers/build.js';
import { readJson, readTensors } from '../../build/tests/helpers/fixtures.js';
import { reference } from '../../build/tests/reference/reference.js';

const selected = [
  'Conv1d/basic',
  'Conv1d/mix-1',
  'Conv1d/reflect-tuple',
  'Conv1d/depthwise',
  'Conv2d/same-k4',
  'Conv2d/groups-3',
  'Conv2d/circular-mix',
  'Conv2d/depthwise-x2-dilated',
  'Conv2d/channels-16',
  'Conv3d/mix-1',
  'Conv3d/replicate-mix',
  'Conv3d/dilation-2',
  'ConvTranspose1d/output-padding-tuple',
  'ConvTranspose2d/mix-1',
  'ConvTranspose2d/output-padding-unet',
  'ConvTranspose2d/output-size-mixed',
  'ConvTranspose3d/mix-1',
  'ConvTranspose3d/depthwise-x3',
];
const transformed = 'Conv2d/channels-16';
const refused = 'Conv2d/verdict-049';

const positional = ({ in_channels, out_channels, kernel_size }) => [in_channels, out_channels, kernel_size];

/** What each number may be off by, as tests/helpers/compare.ts has it. */
function boundsOf(entry, x, weight, bias) {
  const { absSum, terms } = reference(
    torchProblem(entry, entry.input, entry.call?.output_size),
    x,
    weight,
    bias,
  );
  if (entry.id === transformed) return absSum.fill(4e-6 * Math.max(...absSum));
  return absSum.map((sum, i) => 2 ** -24 * sum * (4 + Math.sqrt(terms[i])));
}

const plain = ({ data, shape }) => ({ data: [...data], shape });

/** @returns the cases that check.js runs, as an object that JSON can write */
export function selectFixtures() {
  const { cases } = readJson('pytorch/cases.json');
  const tensors = readTensors('pytorch/cases.safetensors');
  const refusal = readJson('pytorch/errors.json').cases.find(({ id }) => id === refused);
  return {
    refusal: {
      module: refusal.module,
      positional: positional(refusal.args),
      shape: refusal.input,
      message: refusal.verdict.message,
    },
    cases: selected.map((id) => {
      const entry = cases.find((other) => other.id === id);
      const [x, weight, bias, output] = ['input', 'weight', 'bias', 'output'].map((name) =>
        tensors.get(`${id}/${name}`),
      );
      const bounds = boundsOf(entry, x.data, weight.data, bias?.data);
      return {
        id,
        module: entry.module,
        positional: positional(entry.args),
        options: optionsOf(entry.args),
        outputSize: entry.call?.output_size,
        algorithm: id === transformed ? 'winograd' : undefined,
        input: plain(x),
        state: { weight: plain(weight), ...(bias && { bias: plain(bias) }) },
        output: plain(output),
        bounds: entry.exact && id !== transformed ? undefined : [...bounds],
      };
    }),
  };
}
