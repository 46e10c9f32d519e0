// Samples filled with numbers that a function returns.

import { type Dtype, type Samples, zeros } from '#src/sums/samples.js';

export function filled(shape: number[], dtype: Dtype, next: () => number): Samples {
  const samples = zeros(shape, dtype);
  for (let i = 0; i < samples.data.length; i++) samples.data[i] = next();
  return samples;
}
