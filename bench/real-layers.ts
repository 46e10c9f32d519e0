// Layers of published networks that the library was not tuned for, with batch 1: sampled evenly from the shape files of oneDNN's benchdnn
// (https://github.com/uxlfoundation/oneDNN, tests/benchdnn/inputs, Apache-2.0), with 2 to 300 million multiply-adds each.

/** The problem lines, by network or kind. */
export const REAL_LAYERS: Readonly<Record<string, readonly string[]>> = {
  resnet_50_v1_5: [
    'n1 g1 c256 f1024 i14x14 k1x1',
    'n1 g1 c512 f128 i28x28 k1x1',
    'n1 g1 c64 f64 i56x56 k1x1',
  ],
  googlenet_v1: [
    'n1 g1 c512 f64 i14x14 k1x1',
    'n1 g1 c512 f144 i14x14 k1x1',
    'n1 g1 c32 f96 i28x28 k5x5 p2x2',
    'n1 g1 c24 f64 i14x14 k5x5 p2x2',
  ],
  googlenet_v2: [
    'n1 g1 c192 f224 i7x7 k3x3 p1x1',
    'n1 g1 c256 f256 i14x14 k3x3 s2x2 p1x1',
    'n1 g1 c160 f224 i7x7 k3x3 p1x1',
  ],
  googlenet_v3: [
    'n1 g1 c2048 f448 i8x8 k1x1',
    'n1 g1 c288 f64 i35x35 k1x1',
    'n1 g1 c160 f192 i17x17 k1x7 p0x3',
    'n1 g1 c192 f320 i17x17 k3x3 s2x2',
  ],
  mobilenet: [
    'n1 g1 c64 f128 i56x56 k1x1',
    'n1 g1 c32 f64 i112x112 k1x1',
    'n1 g1 c512 f1024 i7x7 k1x1',
    'n1 g1 c128 f128 i56x56 k1x1',
  ],
  efficientdet: [
    'n1 g1 c1152 f192 i16x16 k1x1',
    'n1 g1 c1152 f320 i16x16 k1x1',
    'n1 g1 c40 f240 i64x64 k1x1',
    'n1 g1 c320 f64 i16x16 k1x1',
  ],
  ssd_mobilenet: [
    'n1 g1 c256 f512 i10x10 k3x3 s2x2 p1x1',
    'n1 g1 c512 f512 i19x19 k1x1',
    'n1 g1 c1024 f126 i10x10 k1x1',
    'n1 g1 c1024 f24 i10x10 k1x1',
  ],
  unet: [
    'n1 g1 c32 f64 i272x272 k2x2 s2x2',
    'n1 g1 c16 f2 i532x532 k1x1',
    'n1 g1 c16 f32 i536x536 k2x2 s2x2',
    'n1 g1 c1 f16 i572x572 k3x3',
  ],
  yolov2: [
    'n1 g1 c1024 f425 i19x19 k1x1',
    'n1 g1 c128 f64 i152x152 k1x1',
    'n1 g1 c512 f256 i38x38 k1x1',
    'n1 g1 c512 f64 i38x38 k1x1',
  ],
  xception: [
    'n1 g256 c256 f256 i74x74 k3x3 p1x1',
    'n1 g728 c728 f728 i19x19 k3x3 p1x1',
    'n1 g128 c128 f128 i147x147 k3x3 p1x1',
    'n1 g64 c64 f64 i147x147 k3x3 p1x1',
  ],
  resnext_101: ['n1 g32 c1024 f1024 i28x28 k3x3 p1x1', 'n1 g32 c2048 f2048 i14x14 k3x3 p1x1'],
  stable_diffusion: [
    'n1 g1 c4 f512 i96x96 k3x3 p1x1',
    'n1 g1 c4 f320 i96x96 k3x3 p1x1',
    'n1 g1 c320 f4 i96x96 k3x3 p1x1',
  ],
  densnet: [
    'n1 g1 c196 f12 i16x16 k3x3 p1x1',
    'n1 g1 c436 f12 i8x8 k3x3 p1x1',
    'n1 g1 c400 f12 i8x8 k3x3 p1x1',
    'n1 g1 c64 f12 i32x32 k3x3 p1x1',
  ],
  '1d_wavenet': ['n1 g1 c32 f32 i21087 k2', 'n1 g1 c32 f32 i42175 k2', 'n1 g1 c32 f32 i1317 k2'],
  '1d': [
    'n1 g1 c512 f512 i300 k3',
    'T n1 g1 c384 f256 i13 k3 p1',
    'n1 g1 c512 f1024 i19 k3 p6 d6',
    'T n1 g1 c256 f512 i28 k1 s2 o1',
    'n1 g1 c256 f512 i15 k3 p6 d6',
  ],
  '3d_i3d': [
    'n1 g1 c512 f32 i16x14x14 k1x1x1',
    'n1 g1 c32 f128 i8x7x7 k3x3x3 p1x1x1',
    'n1 g1 c832 f128 i8x7x7 k1x1x1',
  ],
  '3d_resnext101': [
    'n1 g16 c256 f256 i4x28x28 k3x3x3 s2x2x2 p1x1x1',
    'n1 g8 c512 f512 i2x14x14 k3x3x3 s2x2x2 p1x1x1',
    'n1 g8 c512 f2048 i1x7x7 k1x1x1',
  ],
  x3d_dw: ['n1 g108 c108 f108 i8x28x28 k3x3x3 p1x1x1', 'n1 g54 c54 f54 i8x56x56 k3x3x3 p1x1x1'],
  '2d': [
    'T n1 g1 c128 f32 i14x14 k5x5 p2x2',
    'T n1 g1 c32 f192 i28x28 k1x1',
    'T n1 g2 c256 f96 i27x27 k5x5 p2x2',
  ],
  '1x1': ['T n1 g1 c64 f256 i28x28 k1x1', 'T n1 g1 c16 f192 i28x28 k1x1', 'T n1 g1 c160 f832 i7x7 k1x1'],
  dilated: [
    'T n1 g1 c384 f256 i11x11 k3x3 p1x1 d2x2',
    'T n1 g1 c64 f512 i10x10 k3x3 d2x2',
    'T n1 g1 c192 f128 i26x26 k3x3 p1x1 d2x2',
  ],
};
