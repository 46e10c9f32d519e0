// Compares the convnd that it is given with results of PyTorch. Plain JavaScript without any host's functions, so that it runs
// in every runtime.

import { signalCases } from './signals.js';

/** Fails at the first number that differs by more than its bound; returns the largest share of the bounds that was used. */
function compare(got, want, bounds) {
  if (got.length !== want.length) throw new Error(`${got.length} numbers, expected ${want.length}`);
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    if (got[i] === want[i]) continue;
    const bound = bounds ? bounds[i] : 0;
    const error = Math.abs(got[i] - want[i]);
    // written so that a NaN fails
    if (!(error <= bound)) throw new Error(`number ${i} is ${got[i]}, expected ${want[i]} within ${bound}`);
    worst = Math.max(worst, error / bound);
  }
  return worst;
}

function equal(got, want, what) {
  if (String(got) !== String(want)) throw new Error(`${what} is ${got}, expected ${want}`);
}

function layerOf(convnd, { module, positional, options, state, algorithm }) {
  const layer = new convnd[module](...positional, options);
  layer.loadStateDict(state);
  if (algorithm) layer.algorithm = algorithm;
  return layer;
}

function forward(convnd, entry) {
  const layer = layerOf(convnd, entry);
  if (entry.algorithm && !layer.explain(entry.input.shape).includes(entry.algorithm))
    throw new Error(`not computed by ${entry.algorithm}`);
  const y = layer.forward(entry.input, { outputSize: entry.outputSize });
  equal(y.shape, entry.output.shape, 'shape');
  return compare(y.data, entry.output.data, entry.bounds);
}

/** In wasm memory a layer gives the same numbers as into a new array. */
function residents(convnd, entry) {
  const layer = layerOf(convnd, entry);
  const [x, out] = [convnd.resident(entry.input), convnd.resident({ shape: entry.output.shape })];
  if (layer.forward(x, { out }) !== out) throw new Error('out was not returned');
  const worst = compare(out.data, entry.output.data, entry.bounds);
  x.dispose();
  out.dispose();
  layer.dispose();
  return worst;
}

function refuses(convnd, { module, positional, shape, message }) {
  const layer = new convnd[module](...positional);
  const x = convnd.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  try {
    layer.forward(x);
  } catch (error) {
    if (!error.message.includes(message)) throw new Error(`refused with "${error.message}"`);
    return 0;
  }
  throw new Error(`not refused: ${message}`);
}

/** Tensors come back from a checkpoint's bytes with the shapes and numbers of `expected`. */
function checkpoint({ loadSafetensors, saveSafetensors }, tensors, expected) {
  const read = loadSafetensors(saveSafetensors(tensors));
  equal(Object.keys(read).sort(), Object.keys(expected).sort(), 'list of tensors');
  for (const [name, { data, shape }] of Object.entries(expected)) {
    equal(read[name].shape, shape, `shape of ${name}`);
    compare(read[name].data, data);
  }
  return 0;
}

/** A module with one function: `unreachable`, `f32x4.relaxed_madd`, `drop`. */
const relaxed = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 0, 253, 133, 2, 26, 11,
];

/** Relaxed SIMD is used if and only if the engine has it. */
function variant(convnd, found) {
  const fused = convnd.usesRelaxedSimd();
  found.multiplyAdds = fused ? 'fused' : 'plain';
  equal(fused, WebAssembly.validate(Uint8Array.from(relaxed)), 'use of relaxed SIMD');
  return 0;
}

function result() {
  const found = { passed: 0, failed: 0, worst: 0, details: [] };
  const test = (name, run) => {
    try {
      found.worst = Math.max(found.worst, run());
      found.passed++;
    } catch (error) {
      found.failed++;
      found.details.push(`${name}: ${error.message}`);
    }
  };
  return { found, test };
}

/**
 * Runs every case.
 * @returns {{ passed: number, failed: number, worst: number, multiplyAdds: string, details: string[] }}
 */
export function check(convnd, { cases, refusal }) {
  const { found, test } = result();
  for (const entry of cases) test(entry.id, () => forward(convnd, entry));
  test('resident tensors', () => residents(convnd, cases[0]));
  test('the variant', () => variant(convnd, found));
  test('an error', () => refuses(convnd, refusal));
  if (convnd.signal)
    for (const [name, call, wanted] of signalCases(convnd)) test(name, () => compare(call(), wanted));
  test('safetensors', () => checkpoint(convnd, layerOf(convnd, cases[0]).stateDict(), cases[0].state));
  return found;
}

/** What `check` does for `convnd/safetensors`: every case's weights, as a checkpoint. */
export function checkCheckpoints(safetensors, { cases }) {
  const { found, test } = result();
  for (const { id, state } of cases) {
    const typed = ({ data, shape }) => ({ data: new Float32Array(data), shape });
    const tensors = Object.fromEntries(Object.entries(state).map(([name, values]) => [name, typed(values)]));
    test(id, () => checkpoint(safetensors, tensors, state));
  }
  return found;
}
