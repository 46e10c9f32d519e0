// The classes of layers for training: name, problem line, and the group that they are averaged with.

/** Groups of layers that are summarised separately. */
export type Kind = 'dense' | 'depthwise' | 'transposed';

export const classes: readonly [name: string, line: string, kind: Kind][] = [
  ['3×3, 64 → 64, 56²', 'n1 g1 c64 f64 i56x56 k3x3 p1x1', 'dense'],
  ['3×3, 256 → 256, 14²', 'n1 g1 c256 f256 i14x14 k3x3 p1x1', 'dense'],
  ['3×3, 512 → 512, 7²', 'n1 g1 c512 f512 i7x7 k3x3 p1x1', 'dense'],
  ['3×3 dilation 2, 256, 28²', 'n1 g1 c256 f256 i28x28 k3x3 p2x2 d2x2', 'dense'],
  ['3×3 stride 2, 128, 56²', 'n1 g1 c128 f128 i56x56 k3x3 s2x2 p1x1', 'dense'],
  ['7×7 stride 2, 3 → 64, 224²', 'n1 g1 c3 f64 i224x224 k7x7 s2x2 p3x3', 'dense'],
  ['1×1, 64 → 256, 56²', 'n1 g1 c64 f256 i56x56 k1x1', 'dense'],
  ['32 groups 3×3, 128, 56²', 'n1 g32 c128 f128 i56x56 k3x3 p1x1', 'dense'],
  ['depthwise 3×3, 32, 112²', 'n1 g32 c32 f32 i112x112 k3x3 p1x1', 'depthwise'],
  ['depthwise 5×5 s2, 144, 56²', 'n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2', 'depthwise'],
  ['LeNet 5×5, 6 → 16, batch 64', 'n64 g1 c6 f16 i14x14 k5x5', 'dense'],
  ['transposed 4×4 s2, 128 → 64, 16²', 'T n1 g1 c128 f64 i16x16 k4x4 s2x2 p1x1', 'transposed'],
  ['transposed 2×2 s2, 128 → 64, 112²', 'T n1 g1 c128 f64 i112x112 k2x2 s2x2', 'transposed'],
  ['1-d k3 dilation 8, 128 × 4000', 'n1 g1 c128 f128 i4000 k3 p8 d8', 'dense'],
  ['depthwise 1-d, 512 × 3200', 'n1 g512 c512 f512 i3200 k3 p1', 'depthwise'],
  ['transposed 1-d k4 s2, 128 → 64 × 4096', 'T n1 g1 c128 f64 i4096 k4 s2 p1', 'transposed'],
  ['3-d 3×3×3, 32, 32³', 'n1 g1 c32 f32 i32x32x32 k3x3x3 p1x1x1', 'dense'],
  ['transposed 3-d 2×2×2 s2, 64 → 32, 16³', 'T n1 g1 c64 f32 i16x16x16 k2x2x2 s2x2x2', 'transposed'],
];
