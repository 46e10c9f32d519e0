// onnxruntime-web through the C functions of its wasm module, so that x and y stay in its heap, as for the other runtimes. Its JavaScript
// API does not support this for the wasm provider.

import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape, product } from '../operands.js';
import { onnxModel } from './onnx-model.js';
import type { Prepared, Rival } from './rival.js';
import { allowed } from './threads.js';

interface OrtModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  getValue(address: number, type: string): number;
  setValue(address: number, value: number, type: string): void;
  stringToUTF8(text: string, address: number, bytes: number): void;
  UTF8ToString(address: number): string;
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(code: number, message: number): number;
  _OrtCreateSessionOptions(...values: (number | boolean)[]): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(data: number, bytes: number, options: number): number | Promise<number>;
  _OrtReleaseSession(session: number): number;
  _OrtCreateTensor(
    type: number,
    data: number,
    bytes: number,
    dims: number,
    rank: number,
    place: number,
  ): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtRun(
    session: number,
    names: number,
    values: number,
    count: number,
    outNames: number,
    outCount: number,
    outValues: number,
    options: number,
  ): number;
}

const FLOAT = 1;
const CPU = 1;
const ALL_OPTIMIZATIONS = 99;
const LOG_ERRORS = 3;

let loading: Promise<OrtModule> | undefined;

async function load(): Promise<OrtModule> {
  // @ts-expect-error the file has no types
  const { default: factory } = await import('onnxruntime-web/ort-wasm-simd-threaded.mjs');
  const wasm: OrtModule = await factory({ numThreads: allowed.threads });
  if (wasm._OrtInit(allowed.threads, LOG_ERRORS) !== 0) fail(wasm, 'OrtInit');
  return wasm;
}

function fail(wasm: OrtModule, what: string): never {
  const place = wasm._malloc(8);
  wasm._OrtGetLastError(place, place + 4);
  const message = wasm.getValue(place + 4, '*');
  throw new Error(`${what}: ${message ? wasm.UTF8ToString(message) : 'no message'}`);
}

/** An array of pointers in the module's heap. */
function pointers(wasm: OrtModule, values: readonly number[]): number {
  const place = wasm._malloc(4 * values.length);
  for (const [i, value] of values.entries()) wasm.setValue(place + 4 * i, value, '*');
  return place;
}

function text(wasm: OrtModule, value: string): number {
  const place = wasm._malloc(value.length + 1);
  wasm.stringToUTF8(value, place, value.length + 1);
  return place;
}

function bytes(wasm: OrtModule, data: Uint8Array): number {
  const place = wasm._malloc(data.byteLength);
  if (place === 0) throw new RangeError(`${data.byteLength} bytes did not fit into the heap`);
  wasm.HEAPU8.set(data, place);
  return place;
}

function heapTensor(wasm: OrtModule, shape: readonly number[], data: Float32Array) {
  const at = bytes(wasm, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const dims = pointers(wasm, shape);
  const handle = wasm._OrtCreateTensor(FLOAT, at, data.byteLength, dims, shape.length, CPU);
  wasm._free(dims);
  if (handle === 0) fail(wasm, 'OrtCreateTensor');
  return { at, handle };
}

async function prepare(problem: Problem, operands: Operands): Promise<Prepared> {
  loading ??= load();
  const wasm = await loading;
  const model = onnxModel(problem, operands);
  const options = wasm._OrtCreateSessionOptions(
    ALL_OPTIMIZATIONS,
    true,
    true,
    0,
    false,
    0,
    0,
    LOG_ERRORS,
    0,
    0,
  );
  const file = bytes(wasm, model);
  const session = await wasm._OrtCreateSession(file, model.byteLength, options);
  wasm._free(file);
  wasm._OrtReleaseSessionOptions(options);
  if (session === 0) fail(wasm, 'OrtCreateSession');
  const count = product(outputShape(problem));
  const x = heapTensor(wasm, inputShape(problem), operands.x);
  const y = heapTensor(wasm, outputShape(problem), new Float32Array(count));
  const names = [text(wasm, 'x'), text(wasm, 'y')];
  const [xName, xValue, yName, yValue] = [names[0], x.handle, names[1], y.handle].map((v) =>
    pointers(wasm, [v]),
  );
  const run = () => {
    if (wasm._OrtRun(session, xName, xValue, 1, yName, 1, yValue, 0) !== 0) fail(wasm, 'OrtRun');
  };
  return {
    awaited: false,
    run,
    output() {
      run();
      return new Float32Array(wasm.HEAPU8.buffer, y.at, count).slice();
    },
    dispose() {
      wasm._OrtReleaseTensor(x.handle);
      wasm._OrtReleaseTensor(y.handle);
      wasm._OrtReleaseSession(session);
      for (const place of [x.at, y.at, ...names, xName, xValue, yName, yValue]) wasm._free(place);
    },
  };
}

export const ortResident: Rival = {
  name: 'ort resident',
  resident: true,
  includes: 'OrtRun on tensors in its heap: nothing is copied',
  prepare,
};
