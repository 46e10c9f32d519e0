// Padding: what stands outside an input.

/** What stands outside the input. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** The input position that stands at `x`, which may lie outside; -1 for a zero, and for what no output can reach. */
export function inputPositionAt(x: number, size: number, mode: PaddingMode): number {
  if (x >= 0 && x < size) return x;
  if (mode === 'zeros') return -1;
  if (mode === 'replicate') return x < 0 ? 0 : size - 1;
  const mirrored = mode === 'reflect' ? (x < 0 ? -x : 2 * (size - 1) - x) : x < 0 ? x + size : x - size;
  return mirrored >= 0 && mirrored < size ? mirrored : -1;
}
