// The visitor's settings: one object, which a link can store.

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

export interface State {
  readonly transposed: boolean;
  readonly rank: number;
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly paddingMode: PaddingMode;
  readonly dilation: number;
  readonly outputPadding: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  /** The source of the numbers that are not entered by hand. */
  readonly seed: number;
  /** Whether a transposed convolution is shown as scatter, or as a convolution over inputs with zeros between them. */
  readonly view: 'scatter' | 'inserted';
  /** Numbers entered by hand; null: generated from the seed. */
  readonly x: readonly number[] | null;
  readonly weight: readonly number[] | null;
  readonly step: number;
}

export const initial: State = {
  transposed: false,
  rank: 2,
  input: 5,
  kernel: 3,
  stride: 1,
  padding: 1,
  paddingMode: 'zeros',
  dilation: 1,
  outputPadding: 0,
  groups: 1,
  channels: 1,
  filters: 1,
  seed: 1,
  view: 'scatter',
  x: null,
  weight: null,
  step: 0,
};

/** The ranges of the controls: larger settings would be too small to read. convnd itself checks whether they make sense. */
export const limits: Readonly<Record<string, readonly [number, number]>> = {
  rank: [1, 3],
  input: [1, 12],
  kernel: [1, 7],
  stride: [1, 6],
  padding: [0, 8],
  dilation: [1, 4],
  outputPadding: [0, 5],
  groups: [1, 6],
  channels: [1, 6],
  filters: [1, 6],
  seed: [1, 9999],
  step: [0, 99_999],
};

const words = {
  paddingMode: ['zeros', 'reflect', 'replicate', 'circular'],
  view: ['scatter', 'inserted'],
} as const;

/** The part of a link after '#': the settings that differ from the defaults. */
export function toHash(state: State): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value === initial[name as keyof State]) continue;
    parameters.set(name, Array.isArray(value) ? value.join(' ') : String(Number(value) || value));
  }
  return parameters.toString();
}

/** Reads a link; invalid settings keep their defaults. */
export function fromHash(hash: string): State {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const state: Record<string, unknown> = { ...initial };
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value = Number(parameters.get(name) ?? Number.NaN);
    if (Number.isInteger(value)) state[name] = Math.min(most, Math.max(least, value));
  }
  for (const [name, known] of Object.entries(words)) {
    const value = parameters.get(name);
    if (value !== null && (known as readonly string[]).includes(value)) state[name] = value;
  }
  if (parameters.has('transposed')) state.transposed = parameters.get('transposed') !== 'false';
  for (const name of ['x', 'weight']) {
    const numbers = parameters.get(name)?.split(' ').map(Number);
    if (numbers?.every(Number.isFinite)) state[name] = numbers;
  }
  return state as unknown as State;
}
