// The losses of all steps, reduced to few numbers so that they can be drawn often: the minimum and maximum of neighbouring steps.

/** Above this, two neighbours are merged. */
const MOST = 1000;
/** The number of steps that the mean covers. */
const RECENT = 20;

export interface Span {
  low: number;
  high: number;
  steps: number;
}

export class Losses {
  readonly #spans: Span[] = [];
  readonly #recent: number[] = [];
  #each = 1;
  #count = 0;
  #first = Number.NaN;

  /** In order; each except the last covers `each` steps. */
  get spans(): readonly Readonly<Span>[] {
    return this.#spans;
  }

  get each(): number {
    return this.#each;
  }

  /** The number of steps. */
  get count(): number {
    return this.#count;
  }

  add(loss: number): void {
    if (this.#count++ === 0) this.#first = loss;
    this.#recent.push(loss);
    if (this.#recent.length > RECENT) this.#recent.shift();
    const last = this.#spans.at(-1);
    if (last && last.steps < this.#each) widen(last, { low: loss, high: loss, steps: 1 });
    else this.#spans.push({ low: loss, high: loss, steps: 1 });
    if (this.#spans.length > MOST) this.#halve();
  }

  get words(): string {
    if (this.#count === 0) return 'Loss step by step: no step yet';
    const mean = this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
    return `Loss step by step: ${this.#first.toPrecision(3)} in the first of ${this.#count} steps, ${mean.toPrecision(3)} on average in the last ones`;
  }

  #halve(): void {
    const old = this.#spans.splice(0);
    for (let i = 0; i < old.length; i += 2) {
      if (i + 1 < old.length) widen(old[i], old[i + 1]);
      this.#spans.push(old[i]);
    }
    this.#each *= 2;
  }
}

function widen(span: Span, { low, high, steps }: Span): void {
  span.low = Math.min(span.low, low);
  span.high = Math.max(span.high, high);
  span.steps += steps;
}
