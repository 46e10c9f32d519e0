// Networks as lists of convolution layers: each problem line with the number of times that the network runs it.

export interface Network {
  readonly name: string;
  readonly about: string;
  readonly layers: readonly { readonly line: string; readonly times: number }[];
}

/** Counts equal lines, so that each is measured once. */
function network(name: string, about: string, lines: readonly string[]): Network {
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  return { name, about, layers: [...times].map(([line, count]) => ({ line, times: count })) };
}

function conv2d(channels: number, filters: number, size: number, kernel = 1, stride = 1, groups = 1): string {
  const steps = stride > 1 ? ` s${stride}x${stride}` : '';
  const pad = (kernel - 1) / 2;
  return `n1 g${groups} c${channels} f${filters} i${size}x${size} k${kernel}x${kernel}${steps}${pad > 0 ? ` p${pad}x${pad}` : ''}`;
}

function resnet50(): string[] {
  const lines = [conv2d(3, 64, 224, 7, 2)];
  let [channels, size] = [64, 56];
  for (const [width, blocks, firstStride] of [
    [64, 3, 1],
    [128, 4, 2],
    [256, 6, 2],
    [512, 3, 2],
  ]) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? firstStride : 1;
      lines.push(conv2d(channels, width, size), conv2d(width, width, size, 3, stride));
      if (block === 0) lines.push(conv2d(channels, 4 * width, size, 1, stride));
      size /= stride;
      lines.push(conv2d(width, 4 * width, size));
      channels = 4 * width;
    }
  }
  return lines;
}

function mobileNetV2(): string[] {
  const lines = [conv2d(3, 32, 224, 3, 2)];
  let [channels, size] = [32, 112];
  const settings = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [expansion, filters, blocks, firstStride] of settings) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? firstStride : 1;
      const hidden = channels * expansion;
      if (expansion > 1) lines.push(conv2d(channels, hidden, size));
      lines.push(conv2d(hidden, hidden, size, 3, stride, hidden));
      size /= stride;
      lines.push(conv2d(hidden, filters, size));
      channels = filters;
    }
  }
  return [...lines, conv2d(320, 1280, 7)];
}

const dcgan = [
  'T n1 g1 c100 f512 i1x1 k4x4',
  'T n1 g1 c512 f256 i4x4 k4x4 s2x2 p1x1',
  'T n1 g1 c256 f128 i8x8 k4x4 s2x2 p1x1',
  'T n1 g1 c128 f64 i16x16 k4x4 s2x2 p1x1',
  'T n1 g1 c64 f3 i32x32 k4x4 s2x2 p1x1',
];

function hifiGan(frames: number): string[] {
  const lines = [`n1 g1 c80 f512 i${frames} k7 p3`];
  let [channels, length] = [512, frames];
  for (const [kernel, stride] of [
    [16, 8],
    [16, 8],
    [4, 2],
    [4, 2],
  ]) {
    lines.push(
      `T n1 g1 c${channels} f${channels / 2} i${length} k${kernel} s${stride} p${(kernel - stride) / 2}`,
    );
    channels /= 2;
    length *= stride;
    for (const width of [3, 7, 11]) {
      for (const dilation of [1, 3, 5]) {
        const padding = (dilation * (width - 1)) / 2;
        const dilated = dilation > 1 ? ` d${dilation}` : '';
        lines.push(`n1 g1 c${channels} f${channels} i${length} k${width} p${padding}${dilated}`);
        lines.push(`n1 g1 c${channels} f${channels} i${length} k${width} p${(width - 1) / 2}`);
      }
    }
  }
  return [...lines, `n1 g1 c${channels} f1 i${length} k7 p3`];
}

function unet3d(): string[] {
  const conv = (channels: number, filters: number, size: number) =>
    `n1 g1 c${channels} f${filters} i${size}x${size}x${size} k3x3x3 p1x1x1`;
  const up = (channels: number, filters: number, size: number) =>
    `T n1 g1 c${channels} f${filters} i${size}x${size}x${size} k2x2x2 s2x2x2`;
  return [
    ...[
      conv(1, 32, 32),
      conv(32, 32, 32),
      conv(32, 64, 16),
      conv(64, 64, 16),
      conv(64, 128, 8),
      conv(128, 128, 8),
    ],
    ...[
      up(128, 64, 8),
      conv(128, 64, 16),
      conv(64, 64, 16),
      up(64, 32, 16),
      conv(64, 32, 32),
      conv(32, 32, 32),
    ],
    'n1 g1 c32 f3 i32x32x32 k1x1x1',
  ];
}

function meshNet(size: number): string[] {
  const volume = `i${size}x${size}x${size}`;
  const layers = [1, 2, 4, 8, 16, 8, 4, 2, 1].map((dilation, index) => {
    const d = `${dilation}x${dilation}x${dilation}`;
    return `n1 g1 c${index === 0 ? 1 : 5} f5 ${volume} k3x3x3 p${d}${dilation > 1 ? ` d${d}` : ''}`;
  });
  return [...layers, `n1 g1 c5 f3 ${volume} k1x1x1`];
}

function upConv7(height: number, width: number): string[] {
  let [h, w] = [height + 14, width + 14];
  const widths = [3, 16, 32, 64, 128, 256, 256];
  const lines: string[] = [];
  for (let layer = 1; layer < widths.length; layer++) {
    lines.push(`n1 g1 c${widths[layer - 1]} f${widths[layer]} i${h}x${w} k3x3`);
    h -= 2;
    w -= 2;
  }
  return [...lines, `T n1 g1 c256 f3 i${h}x${w} k4x4 s2x2 p3x3`];
}

export const networks: readonly Network[] = [
  network('resnet50', 'ResNet-50, one picture of 224×224', resnet50()),
  network('mobilenetv2', 'MobileNetV2, one picture of 224×224', mobileNetV2()),
  network('dcgan', 'DCGAN generator, one picture of 64×64', dcgan),
  network('hifigan', 'HiFi-GAN generator, 64 mel frames (0.74 s of sound)', hifiGan(64)),
  network('unet3d', '3-D U-Net, 32 filters, three levels, 32³ voxels', unet3d()),
  network('meshnet', 'MeshNet on a brain of 128³ voxels', meshNet(128)),
  network('meshnet256', 'MeshNet on a brain of 256³ voxels', meshNet(256)),
  network('upconv7', 'UpConv7 on a picture of 451×300', upConv7(300, 451)),
];
