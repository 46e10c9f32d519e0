// Kernels by name, as rows of numbers. Signed ones also give numbers below zero and are shown with zero as grey.

export type Kernel = readonly (readonly number[])[];

export interface NamedKernel {
  readonly name: string;
  readonly about: string;
  readonly sizes: readonly number[];
  readonly signed?: boolean;
  readonly make: (size: number) => Kernel;
}

/** A square kernel from a function of the distance to its centre. */
function square(size: number, value: (x: number, y: number) => number): number[][] {
  const middle = (size - 1) / 2;
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => value(column - middle, row - middle)),
  );
}

const sum = (kernel: Kernel): number => kernel.flat().reduce((total, value) => total + value, 0);

/** Divided by its sum, so that a uniform area keeps its brightness; unchanged if the sum is zero. */
export function normalised(kernel: Kernel): Kernel {
  const total = sum(kernel);
  return Math.abs(total) < 1e-12 ? kernel : kernel.map((row) => row.map((value) => value / total));
}

/** Rounded to four decimals, so that the fields show the same numbers that the layer uses. */
const rounded = (kernel: Kernel): Kernel =>
  kernel.map((row) => row.map((value) => Math.round(value * 1e4) / 1e4 + 0));

const gaussian = (size: number): Kernel => {
  const sigma = size / 5;
  return normalised(square(size, (x, y) => Math.exp(-(x * x + y * y) / (2 * sigma * sigma))));
};

const identity = (size: number): Kernel => square(size, (x, y) => (x === 0 && y === 0 ? 1 : 0));

/** Derivative along x: a smoothing column times a difference row. */
const derivative = (smooth: readonly number[], transposed: boolean) => (): Kernel =>
  square(3, (x, y) => (transposed ? smooth[x + 1] * y : smooth[y + 1] * x));

/** A wave times a Gaussian: responds to stripes of one direction and width (Gabor 1946). */
function gabor(size: number): Kernel {
  const sigma = size / 4;
  const wave = square(size, (x, y) => {
    const along = (x + y) / Math.SQRT2;
    return Math.exp(-(x * x + y * y) / (2 * sigma * sigma)) * Math.cos((2 * Math.PI * along) / (size / 2));
  });
  const mean = sum(wave) / (size * size); // uniform areas give zero
  return wave.map((row) => row.map((value) => value - mean));
}

const odd = [3, 5, 7, 9];

const exact: readonly NamedKernel[] = [
  { name: 'Identity', about: 'The unchanged picture.', sizes: odd, make: identity },
  {
    name: 'Box blur',
    about: 'The mean of the neighbourhood.',
    sizes: odd,
    make: (size) => normalised(square(size, () => 1)),
  },
  { name: 'Gaussian blur', about: 'A weighted mean that favours near pixels.', sizes: odd, make: gaussian },
  {
    name: 'Motion blur',
    about: 'The mean along a diagonal.',
    sizes: odd,
    make: (size) => normalised(square(size, (x, y) => (x === y ? 1 : 0))),
  },
  {
    name: 'Sharpen',
    about: 'Five times the pixel minus its four neighbours.',
    sizes: [3],
    make: () => [
      [0, -1, 0],
      [-1, 5, -1],
      [0, -1, 0],
    ],
  },
  {
    name: 'Unsharp mask',
    about: 'Twice the picture minus its Gaussian blur.',
    sizes: [5, 7, 9],
    make: (size) => {
      const blur = gaussian(size);
      return identity(size).map((row, y) => row.map((value, x) => 2 * value - blur[y][x]));
    },
  },
  {
    name: 'Emboss',
    about: 'Light from the top left.',
    sizes: [3],
    make: () => [
      [-2, -1, 0],
      [-1, 1, 1],
      [0, 1, 2],
    ],
  },
  {
    name: 'Sobel x',
    about: 'Change from left to right.',
    sizes: [3],
    signed: true,
    make: derivative([1, 2, 1], false),
  },
  {
    name: 'Sobel y',
    about: 'Change from top to bottom.',
    sizes: [3],
    signed: true,
    make: derivative([1, 2, 1], true),
  },
  {
    name: 'Prewitt x',
    about: 'Like Sobel, without weights.',
    sizes: [3],
    signed: true,
    make: derivative([1, 1, 1], false),
  },
  {
    name: 'Scharr x',
    about: 'Like Sobel, but more independent of direction.',
    sizes: [3],
    signed: true,
    make: derivative([3, 10, 3], false),
  },
  {
    name: 'Laplacian',
    about: 'Difference between a pixel and the mean of its neighbours.',
    sizes: [3],
    signed: true,
    make: () => [
      [0, 1, 0],
      [1, -4, 1],
      [0, 1, 0],
    ],
  },
  {
    name: 'Gabor',
    about: 'Stripes from the bottom left to the top right.',
    sizes: [5, 7, 9],
    signed: true,
    make: gabor,
  },
];

export const kernels: readonly NamedKernel[] = exact.map((kernel) => ({
  ...kernel,
  make: (size) => rounded(kernel.make(size)),
}));
