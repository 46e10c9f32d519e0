// The texts: the sum of a step, the lags, the code.

import { plain, shown } from '../../numbers.ts';
import type { Kind, Mode, Model, Values } from './model.ts';

/** Longer sums are not written out. */
const MOST_TERMS = 6;
/** Longer signals are not written into the code. */
const MOST_SAMPLES = 24;

/** Four digits, which removes rounding errors: samples have at most two decimals, so sums of products have four. */
export const brief = (value: number): string => shown(Number(Number(value.toFixed(4)).toPrecision(4)));
const inBrackets = (value: number): string => (value < 0 ? `(${brief(value)})` : brief(value));

export function stepInWords(model: Model, kind: Kind, step: number): string {
  const terms = model.products(kind, step);
  const index = model.indexOf(kind, step);
  const written = terms.map(({ x, h }) => `${inBrackets(x)}·${inBrackets(h)}`);
  if (terms.length > MOST_TERMS) written.splice(2, terms.length - 3, '…');
  const where = kind === 'correlation' ? `Correlation at lag ${shown(index)}` : `Convolution at n = ${index}`;
  const count = terms.length === 1 ? '1 product' : `${terms.length} products`;
  const right = model.isRight(kind, step) ? '' : ' This is not what convnd computed. Please report it.';
  return `${where}: ${count}, ${written.join(' + ')} = ${brief(model.outputs[kind][step])}.${right}`;
}

/** The lag of the highest correlation, and its meaning. */
export function peakInWords({ peak, likeness, outputs }: Model): string {
  const { lag, value } = peak;
  if (outputs.correlation.every((sum) => sum === 0)) return 'Every sum is zero.';
  const where =
    lag < 0
      ? `the kernel’s sample ${-lag} lies on the signal’s sample 0`
      : `the kernel’s sample 0 lies on the signal’s sample ${lag}`;
  return `Highest correlation: ${brief(value)}, at lag ${shown(lag)}. There ${where}. Divided by the norms of both, it is ${likeness.toFixed(3)}.`;
}

const list = (values: Values): string =>
  `[${Array.from(values.slice(0, MOST_SAMPLES), plain).join(', ')}${values.length > MOST_SAMPLES ? ', …' : ''}]`;

export function convndCode({ signal, kernel, peak }: Model, mode: Mode): string {
  const option = mode === 'full' ? '' : `, { mode: '${mode}' }`;
  const lags = mode === 'full' ? '' : `, '${mode}'`;
  return `import { convolve, correlate, correlationLags } from 'convnd/signal';

const x = ${list(signal)};
const h = ${list(kernel)};
const c = correlate(x, h${option});
const y = convolve(x, h${option});
const lags = correlationLags(x.length, h.length${lags});
lags[c.data.indexOf(Math.max(...c.data))]; // ${peak.lag}${mode === 'full' ? '' : ' where this mode keeps it'}`;
}

export function scipyCode({ signal, kernel }: Model, mode: Mode): string {
  return `from scipy.signal import convolve, correlate, correlation_lags

x = ${list(signal)}
h = ${list(kernel)}
c = correlate(x, h, '${mode}')
y = convolve(x, h, '${mode}')
lags = correlation_lags(len(x), len(h), '${mode}')
lags[c.argmax()]`;
}
