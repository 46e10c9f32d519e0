// Streaming FIR filters: direct sums for the first taps, and the addition of the results of transforms.

/**
 * Adds a sum to each output: `output[i] += Σ taps[k] · signal[i − k]`. Each sum starts at 0 and adds the taps in order, so an output does not
 * depend on how many others are computed with it. Loads may extend a vector past the signal.
 * @param signal address of the number that the first output multiplies by the first tap
 */
export function firRows32(signal: usize, taps: usize, output: usize, count: i32, outputs: i32): void {
  rows<f32>(signal, taps, output, count, outputs);
}

/** The same in float64. */
export function firRows64(signal: usize, taps: usize, output: usize, count: i32, outputs: i32): void {
  rows<f64>(signal, taps, output, count, outputs);
}

/** Adds one array to another. `count` is a multiple of 4. */
export function add32(source: usize, target: usize, count: i32): void {
  add<f32>(source, target, count);
}

/** The same in float64. */
export function add64(source: usize, target: usize, count: i32): void {
  add<f64>(source, target, count);
}

// @ts-ignore: decorator
@inline
function rows<T extends number>(signal: usize, taps: usize, output: usize, count: i32, outputs: i32): void {
  const bytes: usize = sizeof<T>();
  const lanes = 16 / <i32>sizeof<T>();
  const end = taps + <usize>count * bytes;
  let left = outputs;
  for (; left >= 4 * lanes; left -= 4 * lanes) {
    let sum0 = v128.splat<T>(<T>0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    let from = signal;
    for (let tap = taps; tap < end; tap += bytes) {
      const factor = v128.splat<T>(load<T>(tap));
      sum0 = v128.add<T>(sum0, v128.mul<T>(factor, v128.load(from)));
      sum1 = v128.add<T>(sum1, v128.mul<T>(factor, v128.load(from, 16)));
      sum2 = v128.add<T>(sum2, v128.mul<T>(factor, v128.load(from, 32)));
      sum3 = v128.add<T>(sum3, v128.mul<T>(factor, v128.load(from, 48)));
      from -= bytes;
    }
    v128.store(output, v128.add<T>(v128.load(output), sum0));
    v128.store(output, v128.add<T>(v128.load(output, 16), sum1), 16);
    v128.store(output, v128.add<T>(v128.load(output, 32), sum2), 32);
    v128.store(output, v128.add<T>(v128.load(output, 48), sum3), 48);
    signal += 64;
    output += 64;
  }
  for (; left > 0; left -= lanes) {
    let sum = v128.splat<T>(<T>0);
    let from = signal;
    for (let tap = taps; tap < end; tap += bytes) {
      sum = v128.add<T>(sum, v128.mul<T>(v128.splat<T>(load<T>(tap)), v128.load(from)));
      from -= bytes;
    }
    if (left >= lanes) v128.store(output, v128.add<T>(v128.load(output), sum));
    else {
      store<T>(output, load<T>(output) + v128.extract_lane<T>(sum, 0));
      if (sizeof<T>() == 4) {
        if (left > 1) store<T>(output + bytes, load<T>(output + bytes) + v128.extract_lane<T>(sum, 1));
        if (left > 2)
          store<T>(output + 2 * bytes, load<T>(output + 2 * bytes) + v128.extract_lane<T>(sum, 2));
      }
    }
    signal += 16;
    output += 16;
  }
}

// @ts-ignore: decorator
@inline
function add<T>(source: usize, target: usize, count: i32): void {
  const end = source + <usize>count * sizeof<T>();
  for (; source < end; source += 16) {
    v128.store(target, v128.add<T>(v128.load(target), v128.load(source)));
    target += 16;
  }
}
