import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowBF16, narrowF16, widenBF16, widenF16 } from '#src/core/halves.js';

const every = Uint16Array.from({ length: 65536 }, (_, i) => i);
const isNaN16 = (bits: number, infinity: number) => (bits & 0x7fff) > infinity;

/** The value by the definition: sign, exponent, fraction. */
function definition(bits: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 2 ** exponentBits - 1) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - bias) : fraction * 2 ** (1 - bias));
}

for (const [name, widen, narrow, exponentBits] of [
  ['F16', widenF16, narrowF16, 5],
  ['BF16', widenBF16, narrowBF16, 8],
] as const) {
  test(`${name}: all 65,536 values widen to what the definition says`, () => {
    const floats = widen(every);
    for (let i = 0; i < 65536; i++)
      assert.ok(Object.is(floats[i], definition(i, exponentBits)), `0x${i.toString(16)}`);
  });

  test(`${name}: all 65,536 values return to their own bits, NaN payloads included`, () => {
    assert.deepEqual(narrow(widen(every)), every);
  });

  test(`${name}: what lies between two neighbours goes to the nearer, a tie to the even one`, () => {
    const infinity = (2 ** exponentBits - 1) << (15 - exponentBits);
    for (let low = 0; low < infinity - 1; low++) {
      for (const sign of [1, -1]) {
        const a = definition(low, exponentBits);
        const b = definition(low + 1, exponentBits);
        const middle = (a + b) / 2; // exact in float32: one bit more than the halves have
        const step = Math.max(middle * 2 ** -23, 2 ** -149);
        const [below, tie, above] = narrow(
          Float32Array.of(middle - step, middle, middle + step).map((v) => sign * v),
        );
        const bits = sign < 0 ? 0x8000 : 0;
        assert.deepEqual([below, tie, above], [low | bits, (low + (low & 1)) | bits, (low + 1) | bits]);
      }
    }
  });

  test(`${name}: a NaN stays one even if its payload is in the lost bits`, () => {
    const floats = new Float32Array(Uint32Array.of(0x7f800001, 0xff800001, 0x7fffffff).buffer);
    const infinity = (2 ** exponentBits - 1) << (15 - exponentBits);
    for (const bits of narrow(floats)) assert.ok(isNaN16(bits, infinity));
  });
}

test('F16 overflows to infinity from 65520 on, BF16 from the last half step of float32', () => {
  const below = 65520 - 2 ** -8;
  assert.deepEqual([...narrowF16(Float32Array.of(below, 65520, -1e30))], [0x7bff, 0x7c00, 0xfc00]);
  const largest = 3.4028234663852886e38;
  assert.deepEqual([...narrowBF16(Float32Array.of(3.38e38, largest, -largest))], [0x7f7e, 0x7f80, 0xff80]);
});
