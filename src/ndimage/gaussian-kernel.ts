// The sampled kernel of a Gaussian or of its derivatives, in float64.

/**
 * A derivative of the Gaussian at -radius … radius, divided by the sum of the Gaussian itself. It is a polynomial q times the Gaussian; the
 * polynomial of the next derivative is q′ - q · x / sigma².
 */
export function gaussianKernel(sigma: number, order: number, radius: number): Float64Array {
  const variance = sigma * sigma;
  const kernel = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let x = -radius; x <= radius; x++) {
    kernel[x + radius] = Math.exp((-0.5 / variance) * x * x);
    sum += kernel[x + radius];
  }
  // coefficients in ascending order
  let polynomial = [1];
  for (let derived = 0; derived < order; derived++) {
    const next = new Array<number>(polynomial.length + 1).fill(0);
    for (const [power, factor] of polynomial.entries()) {
      if (power > 0) next[power - 1] += power * factor;
      next[power + 1] -= factor / variance;
    }
    polynomial = next;
  }
  for (let x = -radius; x <= radius; x++) {
    const value = polynomial.reduceRight((higher, factor) => higher * x + factor, 0);
    kernel[x + radius] = (kernel[x + radius] / sum) * value;
  }
  return kernel;
}
