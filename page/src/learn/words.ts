// A description of each task, in words and as code.

import type { TaskName } from './job.ts';

export interface TaskWords {
  readonly name: TaskName;
  readonly title: string;
  readonly about: string;
  /** The initial learning rate. */
  readonly lr: number;
  readonly tiles: string;
  /** The layers by their numbers, as they are written in both languages. */
  readonly layers: (size: number) => readonly (readonly [convnd: string, torch: string])[];
  /** One step of the loss, in convnd. */
  readonly loss: readonly string[];
}

const conv = (numbers: string, options = ''): readonly [string, string] => {
  const torch = options
    .replaceAll(/(\w+): /g, '$1=')
    .replace('false', 'False')
    .replace('paddingMode', 'padding_mode');
  return [
    `new Conv2d(${numbers}${options && `, { ${options} }`})`,
    `nn.Conv2d(${numbers}${torch && `, ${torch}`})`,
  ];
};

export const tasks: readonly TaskWords[] = [
  {
    name: 'denoise',
    title: 'Denoise',
    about:
      'The input is crops of the picture with noise, the target the same crops without noise. Every step has new noise. The result is shown on the same picture.',
    lr: 0.0032,
    tiles: 'The 16 filters of the first layer, in the colours that they respond to; grey is zero.',
    layers: () => [
      conv('3, 16, 5', 'padding: 2'),
      conv('16, 16, 3', 'padding: 1'),
      conv('16, 3, 3', 'padding: 1'),
    ],
    loss: [
      'const noise = c.forward(b.forward(a.forward(noisy, relu), relu));',
      'return mseLoss(add(noisy, noise), clean);',
    ],
  },
  {
    name: 'upscale',
    title: 'Upscale',
    about: 'The input is crops of the picture at half the size, the target the original crops.',
    lr: 0.0032,
    tiles: 'The 24 filters of the first layer, in the colours that they respond to; grey is zero.',
    layers: () => [
      conv('3, 24, 5', "padding: 2, paddingMode: 'replicate'"),
      [
        'new ConvTranspose2d(24, 3, 4, { stride: 2, padding: 1 })',
        'nn.ConvTranspose2d(24, 3, 4, stride=2, padding=1)',
      ],
    ],
    loss: ['return mseLoss(b.forward(a.forward(small, relu)), large);'],
  },
  {
    name: 'colour',
    title: 'Colour',
    about:
      'The input is crops of the picture in grey, the target the same crops in colour. The network memorises this picture; it could only guess the colours of others.',
    lr: 0.0032,
    tiles: 'The 16 filters of the first layer; grey is zero.',
    layers: () => [
      conv('1, 16, 5', 'padding: 2'),
      ...[2, 4, 8].map((size) => conv('16, 16, 3', `padding: ${size}, dilation: ${size}`)),
      conv('16, 3, 1'),
    ],
    loss: [
      'let y = greyLessHalf; // the grey picture minus 0.5',
      'for (const layer of [a, b, c, d]) y = layer.forward(y, relu);',
      'return mseLoss(add(e.forward(y), grey), inColour);',
    ],
  },
  {
    name: 'filter',
    title: 'Imitate a filter',
    about:
      'The input is crops of the picture with some noise, the target the same crops after a filter. One layer with one kernel learns the unknown kernel of the filter.',
    lr: 0.02,
    tiles: '',
    layers: (size) => [conv(`1, 1, ${size}`, 'bias: false')],
    loss: ['return mseLoss(a.forward(before), after);'],
  },
  {
    name: 'grow',
    title: 'Grow a picture',
    about:
      'A neural cellular automaton: the same small network updates every cell from itself and its neighbours, and the picture grows from one cell. It learns to be complete after 18 to 24 updates; later updates are not trained.',
    lr: 0.004,
    tiles:
      'The weights of both layers, one row for each output. The first turns the neighbourhood of a cell into 64 numbers, the second these into its update.',
    layers: () => [conv('36, 64, 1'), conv('64, 12, 1', 'bias: false')],
    loss: [
      'let state = seed;',
      'for (let step = 0; step < count; step++)',
      '  // see: a depthwise Conv2d with fixed kernels; alive: removes dead cells',
      '  state = alive(add(state, b.forward(a.forward(see.forward(state), relu))));',
      'return mseLoss(narrow(state, 1, 0, 4), picture);',
    ],
  },
];

/** The loop that the worker runs. */
export function convndCode({ layers, loss, lr }: TaskWords, size: number, rate = lr): string {
  const names = layers(size).map(([code], i) => `const ${'abcde'[i]} = ${code};`);
  const list = names.map((_, i) => `...${'abcde'[i]}.parameters()`).join(', ');
  const body = [...names, ...loss].join(' ');
  const used = (all: readonly string[]) => all.filter((name) => body.includes(`${name}(`)).join(', ');
  const functions = ['Adam', 'clipGradNorm', used(['add']), 'mseLoss', used(['narrow']), 'record'];
  return [
    `import { ${used(['Conv2d', 'ConvTranspose2d'])} } from 'convnd';`,
    `import { ${functions.filter((name) => name).join(', ')} } from 'convnd/train';`,
    '',
    ...names,
    ...(body.includes('relu') ? ["const relu = { activation: 'relu' };"] : []),
    `const parameters = [${list}];`,
    `const optimizer = new Adam(parameters, { lr: ${rate} });`,
    '',
    'for (;;) {',
    '  optimizer.zeroGrad();',
    '  const loss = record(() => {',
    ...loss.map((line) => `    ${line}`),
    '  });',
    '  loss.backward();',
    '  clipGradNorm(parameters, 1);',
    '  optimizer.step();',
    '}',
  ].join('\n');
}

/** The layers with the weights of the file. */
export function torchCode({ name, layers }: TaskWords, size: number): string {
  const lines = layers(size).map(([, code]) => `    ${code},`);
  return [
    'from safetensors.torch import load_file',
    'from torch import nn',
    '',
    'layers = nn.Sequential(',
    lines.join('\n    nn.ReLU(),\n'),
    ')',
    `layers.load_state_dict(load_file('${name}.safetensors'))`,
  ].join('\n');
}
