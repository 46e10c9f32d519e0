// Compares convnd/signal, convnd/match and convnd/ndimage with sums of integers by definition. Plain JavaScript without any host's
// functions, so that it runs in every runtime.

/** Integers from -8 to 8, the same in every runtime. */
function integers(count, seed) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (Math.floor(state / 65536) % 17) - 8;
  });
}

/** Every lag at which two signals meet: the sum of products of `one`, moved, and `other`. */
function correlated(one, other) {
  const sums = [];
  for (let lag = 1 - other.length; lag < one.length; lag++)
    sums.push(other.reduce((sum, value, i) => sum + value * (one[i + lag] ?? 0), 0));
  return sums;
}

/** A picture times a kernel of 3 x 3 around every pixel, with the picture's edges repeated outside. */
function filtered(picture, height, width, kernel) {
  const within = (x, size) => Math.min(Math.max(x, 0), size - 1);
  return picture.map((_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return kernel.reduce((sum, weight, k) => {
      const [y, x] = [row + Math.floor(k / 3) - 1, column + (k % 3) - 1];
      return sum + weight * picture[width * within(y, height) + within(x, width)];
    }, 0);
  });
}

/** What is computed, and what it must be. */
export function signalCases({ signal, match, ndimage }) {
  const [long, short] = [integers(3000, 1), integers(200, 2)];
  const wanted = correlated(long, short);
  const turned = [...short].reverse();

  const streamed = () => {
    const filter = new signal.FirFilter(turned);
    const out = [];
    for (let at = 0; at < long.length; at += 128)
      out.push(...filter.process(Float32Array.from(long.slice(at, at + 128))));
    return out;
  };

  const [height, width] = [40, 50];
  const picture = integers(height * width, 3);
  const patch = Array.from({ length: 8 }, (_, row) =>
    picture.slice(50 * (row + 11) + 17, 50 * (row + 11) + 26),
  );
  const image = { data: picture, shape: [height, width] };
  const kernel = integers(9, 4);
  return [
    ['correlate, direct', () => signal.correlate(long, short, { method: 'direct' }).data, wanted],
    ['correlate, fft', () => signal.correlate(long, short, { method: 'fft' }).data, wanted],
    ['convolve, float64', () => signal.convolve(long, turned, { dtype: 'float64' }).data, wanted],
    ['FirFilter', streamed, wanted.slice(0, long.length)],
    ['findMatches', () => match.findMatches(image, patch)[0].position, [11, 17]],
    [
      'ndimage.correlate',
      () => ndimage.correlate(image, { data: kernel, shape: [3, 3] }, { mode: 'nearest' }).data,
      filtered(picture, height, width, kernel),
    ],
  ];
}
