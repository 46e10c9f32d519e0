// The layers that benchmarks measure, from published networks: the suite 'known', by class, for which the library was tuned, and the suite
// 'real', by network, for which it was not.

import { REAL_LAYERS } from './real-layers.js';

export interface NamedProblem {
  readonly class: string;
  readonly name: string;
  readonly line: string;
}

const KNOWN: Record<string, Record<string, string>> = {
  first: {
    'r50.conv1': 'n1 g1 c3 f64 i224x224 k7x7 s2x2 p3x3',
    'vgg.3-64@224': 'n1 g1 c3 f64 i224x224 k3x3 p1x1',
  },
  '3x3': {
    'r50.3x3@56': 'n1 g1 c64 f64 i56x56 k3x3 p1x1',
    'r50.3x3@28': 'n1 g1 c128 f128 i28x28 k3x3 p1x1',
    'r50.3x3@14': 'n1 g1 c256 f256 i14x14 k3x3 p1x1',
    'vgg.64-128@112': 'n1 g1 c64 f128 i112x112 k3x3 p1x1',
    'vgg.128-256@56': 'n1 g1 c128 f256 i56x56 k3x3 p1x1',
    'vgg.256-512@28': 'n1 g1 c256 f512 i28x28 k3x3 p1x1',
  },
  '3x3@7': {
    'r50.3x3@7': 'n1 g1 c512 f512 i7x7 k3x3 p1x1',
  },
  strided: {
    'r50.3x3s2@56': 'n1 g1 c128 f128 i56x56 k3x3 s2x2 p1x1',
  },
  '5x5': {
    'alexnet.64-192@27': 'n1 g1 c64 f192 i27x27 k5x5 p2x2',
  },
  dilated: {
    'deeplab.d2-256@28': 'n1 g1 c256 f256 i28x28 k3x3 p2x2 d2x2',
    'deeplab.d4-512@28': 'n1 g1 c512 f512 i28x28 k3x3 p4x4 d4x4',
  },
  '1x1': {
    'r50.1x1-64-256@56': 'n1 g1 c64 f256 i56x56 k1x1',
    'r50.1x1-1024-256@14': 'n1 g1 c1024 f256 i14x14 k1x1',
    'r50.1x1-512-2048@7': 'n1 g1 c512 f2048 i7x7 k1x1',
    'r50.1x1s2-256-512@56': 'n1 g1 c256 f512 i56x56 k1x1 s2x2',
    'mbv2.1x1-24-144@56': 'n1 g1 c24 f144 i56x56 k1x1',
    'mbv2.1x1-384-64@14': 'n1 g1 c384 f64 i14x14 k1x1',
  },
  depthwise: {
    'mbv2.dw3x3@112': 'n1 g32 c32 f32 i112x112 k3x3 p1x1',
    'mbv2.dw3x3s2@112': 'n1 g96 c96 f96 i112x112 k3x3 s2x2 p1x1',
    'mbv2.dw3x3@14': 'n1 g384 c384 f384 i14x14 k3x3 p1x1',
    'effb0.dw5x5s2@56': 'n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2',
    'effb0.dw5x5@14': 'n1 g672 c672 f672 i14x14 k5x5 p2x2',
    'convnext.dw7x7@56': 'n1 g96 c96 f96 i56x56 k7x7 p3x3',
  },
  grouped: {
    'rnext.g32-128@56': 'n1 g32 c128 f128 i56x56 k3x3 p1x1',
    'rnext.g32-512@14': 'n1 g32 c512 f512 i14x14 k3x3 p1x1',
  },
  lenet: {
    'lenet.c1': 'n1 g1 c1 f6 i32x32 k5x5',
    'lenet.c3': 'n1 g1 c6 f16 i14x14 k5x5',
    'lenet.c1.b64': 'n64 g1 c1 f6 i32x32 k5x5',
    'lenet.c3.b64': 'n64 g1 c6 f16 i14x14 k5x5',
  },
  transposed: {
    'dcgan.512-256@4': 'T n1 g1 c512 f256 i4x4 k4x4 s2x2 p1x1',
    'dcgan.256-128@8': 'T n1 g1 c256 f128 i8x8 k4x4 s2x2 p1x1',
    'dcgan.128-64@16': 'T n1 g1 c128 f64 i16x16 k4x4 s2x2 p1x1',
    'dcgan.64-3@32': 'T n1 g1 c64 f3 i32x32 k4x4 s2x2 p1x1',
    'unet.up-1024-512@14': 'T n1 g1 c1024 f512 i14x14 k2x2 s2x2',
    'unet.up-128-64@112': 'T n1 g1 c128 f64 i112x112 k2x2 s2x2',
    'cyclegan.up-128-64@64': 'T n1 g1 c128 f64 i64x64 k3x3 s2x2 p1x1 o1x1',
    'vae.64-64@56': 'T n1 g1 c64 f64 i56x56 k3x3 p1x1',
  },
  conv1d: {
    'wavenet.k2d512': 'n1 g1 c64 f128 i16000 k2 d512',
    'tcn.k3d8': 'n1 g1 c128 f128 i4000 k3 p8 d8',
    'w2v2.c0': 'n1 g1 c1 f512 i16000 k10 s5',
    'w2v2.c1': 'n1 g1 c512 f512 i3199 k3 s2',
  },
  depthwise1d: {
    'tasnet.dw3d8': 'n1 g512 c512 f512 i3200 k3 p8 d8',
  },
  transposed1d: {
    'hifigan.up-512-256': 'T n1 g1 c512 f256 i64 k16 s8 p4',
    'hifigan.up-128-64': 'T n1 g1 c128 f64 i4096 k4 s2 p1',
  },
  conv3d: {
    'unet3d.32-32@32': 'n1 g1 c32 f32 i32x32x32 k3x3x3 p1x1x1',
    'c3d.conv1': 'n1 g1 c3 f64 i16x112x112 k3x3x3 p1x1x1',
    'r2p1d.spatial': 'n1 g1 c64 f144 i8x28x28 k1x3x3 p0x1x1',
    'r2p1d.temporal': 'n1 g1 c144 f64 i8x28x28 k3x1x1 p1x0x0',
  },
  transposed3d: {
    'unet3d.up-64-32@16': 'T n1 g1 c64 f32 i16x16x16 k2x2x2 s2x2x2',
    'voxgan.128-64@8': 'T n1 g1 c128 f64 i8x8x8 k4x4x4 s2x2x2 p1x1x1',
  },
};

/** Kernels as large as their stride: every input is read once. */
const PATCHES = {
  'swin.patches': 'n1 g1 c3 f96 i224x224 k4x4 s4x4',
  'convnext.down-96-192': 'n1 g1 c96 f192 i56x56 k2x2 s2x2',
  'vit.patches': 'n1 g1 c3 f768 i224x224 k16x16 s16x16',
};

const named = (suite: Record<string, Record<string, string>>): NamedProblem[] =>
  Object.entries(suite).flatMap(([group, layers]) =>
    Object.entries(layers).map(([name, line]) => ({ class: group, name, line })),
  );

const suites: Readonly<Record<string, readonly NamedProblem[]>> = {
  known: named({ ...KNOWN, patches: PATCHES }),
  real: Object.entries(REAL_LAYERS).flatMap(([network, lines]) =>
    lines.map((line) => ({ class: network, name: '', line })),
  ),
};

/** The known suite. */
export const problems: readonly NamedProblem[] = suites.known;

interface Selection {
  /** 'known' by default */
  readonly suite?: string;
  readonly class?: string;
  readonly only?: string;
  readonly lines?: readonly string[];
}

/** The options of commands that measure problems of a suite, for `parseArgs`. */
export const SUITE_OPTIONS = {
  suite: { type: 'string', default: 'known' },
  class: { type: 'string' },
  only: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The description of `suite` for a command's help. */
export const SUITE_HELP = '--suite real            layers of published networks that nothing was tuned for';

/** The problems to measure: the given lines, or else those of a suite whose classes and names have the given beginnings (all if none). */
export function selectProblems({
  suite = 'known',
  class: group,
  only,
  lines = [],
}: Selection): readonly NamedProblem[] {
  if (lines.length > 0) return lines.map((line) => ({ class: 'given', name: '', line }));
  const members = suites[suite];
  if (!members)
    throw new RangeError(`no suite is called "${suite}", there are ${Object.keys(suites).join(', ')}`);
  const begins = (value: string, wanted: string | undefined) =>
    wanted === undefined || wanted.split(',').some((start) => value.startsWith(start));
  const all = new Set(members.map((problem) => problem.class));
  const classes = group?.split(',').filter((name) => all.has(name));
  const chosen = members.filter(
    (problem) =>
      (classes?.length ? classes.includes(problem.class) : begins(problem.class, group)) &&
      begins(problem.name || problem.line, only),
  );
  if (chosen.length === 0) {
    throw new RangeError(
      `no problem in class "${group ?? ''}" with name "${only ?? ''}". Classes: ${[...all].join(', ')}`,
    );
  }
  return chosen;
}
