// The WebAssembly features of this browser, found by validating minimal modules that use them.

const header = [0, 97, 115, 109, 1, 0, 0, 0];

/** A module with one function without parameters that returns a vector. */
const vectorFunction = (body: readonly number[]) => [
  ...header,
  ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, body.length + 4, 1, body.length + 2, 0, ...body, 11],
];

const splat = [65, 0, 253, 15];
const probes = {
  'WebAssembly SIMD': vectorFunction(splat),
  'Relaxed SIMD': vectorFunction([...splat, ...splat, ...splat, 253, 0x85, 2]), // f32x4.relaxed_madd
  'Shared memory': [...header, 5, 4, 1, 3, 1, 1],
};

const yes = (value: boolean): string => (value ? 'yes' : 'no');

export function features(): [string, string][] {
  const { userAgent, hardwareConcurrency } = navigator;
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return [
    ['Browser', userAgent],
    ['Processors', String(hardwareConcurrency)],
    ...(deviceMemory ? [['Memory', `${deviceMemory} GB or more`] as [string, string]] : []),
    ...Object.entries(probes).map(([name, bytes]): [string, string] => [
      name,
      yes(WebAssembly.validate(Uint8Array.from(bytes))),
    ]),
    ['Cross-origin isolated', yes(crossOriginIsolated)],
  ];
}
