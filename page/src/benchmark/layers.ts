// The layers that the page measures: one or two of each class of the benchmark suite, so that a browser takes only seconds.

import { type NamedProblem, problems } from '../../../bench/problems.ts';

const CHOSEN = [
  'r50.conv1',
  'r50.3x3@56',
  'r50.3x3@14',
  'r50.3x3@7',
  'r50.3x3s2@56',
  'alexnet.64-192@27',
  'deeplab.d2-256@28',
  'r50.1x1-64-256@56',
  'mbv2.dw3x3@112',
  'effb0.dw5x5@14',
  'rnext.g32-128@56',
  'lenet.c3',
  'dcgan.128-64@16',
  'cyclegan.up-128-64@64',
  'tcn.k3d8',
  'tasnet.dw3d8',
  'hifigan.up-512-256',
  'unet3d.32-32@32',
  'unet3d.up-64-32@16',
];

export const layers: readonly NamedProblem[] = problems.filter(({ name }) => CHOSEN.includes(name));
