// Conversion of 16-bit floats, IEEE half precision (F16) and bfloat16 (BF16), to float32 and back. Narrowing rounds to nearest, ties to
// even. NaN payloads are kept as far as they fit.
//
//   float32   sign 1, exponent 8 (bias 127), fraction 23
//   F16       sign 1, exponent 5 (bias 15),  fraction 10
//   BF16      sign 1, exponent 8 (bias 127), fraction 7

/** The difference of the exponent biases, 127 - 15, at the position of float32's exponent. */
const BIAS_DIFFERENCE = 0x38000000;

// Magnitudes as float32 bits.
/** 65520, half way between the largest F16 and 65536: from here on, values round to infinity. */
const TOO_LARGE = 0x477ff000;
/** 2^-14, the smallest normal F16. */
const SMALLEST_NORMAL = 0x38800000;
const INFINITE = 0x7f800000;

/** Converts F16 to float32, which is exact. */
export function widenF16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    // the shifted bits are a float32 that is too small by 2^112; F16's infinities and NaN need float32's exponent
    bits[i] = (halves[i] & 0x7fff) << 13;
    if (bits[i] < 0x7c00 << 13) floats[i] *= 2 ** 112;
    else bits[i] |= INFINITE;
    bits[i] |= (halves[i] & 0x8000) << 16;
  }
  return floats;
}

/** Converts BF16 to float32. A BF16 is the upper half of a float32. */
export function widenBF16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return floats;
}

/** Rounds float32 to F16. Magnitudes from 65520 become infinite, as in PyTorch. */
export function narrowF16(floats: Float32Array): Uint16Array {
  const bits = bitsOf(floats);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < halves.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    let half: number;
    if (magnitude > INFINITE) half = 0x7c00 | quiet((magnitude >>> 13) & 0x03ff, 0x0200);
    else if (magnitude >= TOO_LARGE) half = 0x7c00;
    else if (magnitude >= SMALLEST_NORMAL) half = dropBits(magnitude - BIAS_DIFFERENCE, 13);
    else half = roundToEven(Math.abs(floats[i]) * 2 ** 24);
    halves[i] = ((bits[i] >>> 16) & 0x8000) | half;
  }
  return halves;
}

/** Rounds float32 to BF16. */
export function narrowBF16(floats: Float32Array): Uint16Array {
  const bits = bitsOf(floats);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < halves.length; i++) {
    const magnitude = bits[i] & 0x7fffffff;
    const nan = magnitude > INFINITE;
    const half = nan ? 0x7f80 | quiet((magnitude >>> 16) & 0x007f, 0x0040) : dropBits(magnitude, 16);
    halves[i] = ((bits[i] >>> 16) & 0x8000) | half;
  }
  return halves;
}

function bitsOf(floats: Float32Array): Uint32Array {
  return new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
}

/** The payload of a NaN. It must not become 0, which would mean infinity. */
function quiet(payload: number, quietBit: number): number {
  return payload === 0 ? quietBit : payload;
}

/** Drops the low bits of a magnitude with rounding. A carry out of the fraction correctly increments the exponent. */
function dropBits(magnitude: number, count: number): number {
  const odd = (magnitude >>> count) & 1;
  return (magnitude + (1 << (count - 1)) - 1 + odd) >>> count;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
