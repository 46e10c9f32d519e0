// The curve of the loss: a logarithmic scale, with marks where the learning rate changed.

import { Losses, type Span } from './losses.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 8, 10, 24];
const HEIGHT = 220;
/** The minimum distance of two labels. */
const NEAR = 56;

export class Curve {
  readonly #svg = document.createElementNS(SVG, 'svg');
  #losses = new Losses();
  #changes: { readonly step: number; readonly lr: number }[] = [];

  constructor(host: HTMLElement) {
    this.#svg.setAttribute('aria-hidden', 'true'); // the host describes it in words
    host.append(this.#svg);
    new ResizeObserver(() => this.draw()).observe(host);
  }

  clear(): void {
    this.#losses = new Losses();
    this.#changes = [];
    this.draw();
  }

  add(losses: readonly number[]): void {
    for (const loss of losses) this.#losses.add(loss);
    this.draw();
  }

  /** Marks the next step as the first with another learning rate. */
  mark(lr: number): void {
    const step = this.#losses.count;
    if (step === 0) return;
    if (this.#changes.at(-1)?.step === step) this.#changes.pop();
    this.#changes.push({ step, lr });
    this.draw();
  }

  draw(): void {
    const width = this.#svg.parentElement?.clientWidth ?? 0;
    if (width === 0) return;
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    this.#svg.setAttribute('height', String(HEIGHT));
    this.#svg.parentElement?.setAttribute('aria-label', this.#losses.words);
    const { spans, each, count } = this.#losses;
    const logs = spans
      .flatMap((span) => [span.low, span.high])
      .filter((loss) => loss > 0)
      .map(Math.log10);
    const low = logs.length > 0 ? Math.floor(Math.min(...logs)) : -3;
    const high = logs.length > 0 ? Math.max(low + 1, Math.ceil(Math.max(...logs))) : 0;
    const steps = Math.max(20, count);
    const [w, h] = [width - LEFT - RIGHT, HEIGHT - TOP - BOTTOM];
    const x = (step: number) => LEFT + (step / steps) * w;
    const y = (loss: number) => TOP + ((high - Math.log10(Math.max(loss, 10 ** low))) / (high - low)) * h;
    const parts: string[] = [];
    for (let power = low; power <= high; power++) {
      const at = y(10 ** power);
      parts.push(`<path class="line" d="M${LEFT} ${at}H${width - RIGHT}"/>`);
      parts.push(`<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${ten(power)}</text>`);
    }
    for (const step of ticks(steps, Math.max(2, Math.floor(w / 90)))) {
      const anchor = step === 0 ? 'start' : x(step) > width - 40 ? 'end' : 'middle';
      parts.push(`<text x="${x(step)}" y="${HEIGHT - 6}" text-anchor="${anchor}">${step}</text>`);
    }
    // if changes are too close to be distinguished, only the last
    const changes = this.#changes.filter(({ step }, i, all) => {
      const next = all[i + 1]?.step ?? Number.POSITIVE_INFINITY;
      return x(next) - x(step) > NEAR;
    });
    for (const { step, lr } of changes) {
      const side = x(step) > width - NEAR ? -1 : 1;
      const anchor = side < 0 ? 'end' : 'start';
      parts.push(`<path class="change" d="M${x(step)} ${TOP}V${TOP + h}"/>`);
      parts.push(
        `<text x="${x(step) + 4 * side}" y="${TOP + 12}" text-anchor="${anchor}">${written(lr)}</text>`,
      );
    }
    parts.push(`<path class="loss" d="${line(spans, each, x, y)}"/>`);
    this.#svg.innerHTML = parts.join('');
  }
}

/** A power of ten in decimal notation. */
const ten = (power: number): string =>
  Math.abs(power) <= 3
    ? String(10 ** power)
    : `10${[...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')}`;

/** A learning rate with two digits. */
export const written = (lr: number): string => String(Number(lr.toPrecision(2)));

/** Round numbers of steps, at most `most` besides 0. */
function ticks(steps: number, most: number): number[] {
  const raw = steps / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const every = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw);
  return Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
}

function line(
  spans: readonly Span[],
  each: number,
  x: (step: number) => number,
  y: (loss: number) => number,
): string {
  const points = spans.flatMap(({ low, high }, i) =>
    (low === high ? [low] : [high, low]).map((loss) => `${x(i * each + 1).toFixed(1)} ${y(loss).toFixed(1)}`),
  );
  // a single point is a short line with round ends
  return points.length === 0 ? '' : `M${points.join('L')}${points.length === 1 ? 'h2' : ''}`;
}
