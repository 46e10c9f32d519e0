// The built module through AssemblyScript's own loader, and the shipped one: what they export, what they ask for, and that a
// kernel runs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { instantiateSync } from '@assemblyscript/loader';
import { entries } from '#src/engine/entries.js';

type Kernel = (...args: number[]) => number;

const bytes = readFileSync('build/convnd.wasm');
const built = new WebAssembly.Module(bytes);
const shipped = new WebAssembly.Module(readFileSync('dist/convnd.wasm'));
const declared = Object.keys(entries);

/** The names that a module exports, each with its kind, in order. */
const exportsOf = (module: WebAssembly.Module): string[] =>
  WebAssembly.Module.exports(module)
    .map(({ name, kind }) => `${kind} ${name}`)
    .sort();

const exporting = (names: string[]): string[] => names.map((name) => `function ${name}`).sort();

describe('the module', () => {
  it('asks for the memory and nothing else', () => {
    const memory = [{ module: 'env', name: 'memory', kind: 'memory' }];
    assert.deepEqual(WebAssembly.Module.imports(built), memory);
    assert.deepEqual(WebAssembly.Module.imports(shipped), memory);
  });

  it('is shipped with the declared entries and no other export', () =>
    assert.deepEqual(exportsOf(shipped), exporting(declared)));

  it('is built with the micro-kernels beside them', () => {
    const lists = readFileSync('assembly/micro-kernels.ts', 'utf8').matchAll(/^export \{([^}]*)\} from/gm);
    const kernels = [...lists]
      .flatMap(([, names]) => names.split(',').map((name) => name.trim()))
      .filter(Boolean);
    assert.ok(kernels.length >= 10, kernels.join());
    assert.deepEqual(exportsOf(built), exporting([...declared, ...kernels]));
  });

  it('computes a tile', () => {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const { exports } = instantiateSync<Record<string, Kernel>>(bytes, { env: { memory } });
    const f32 = new Float32Array(memory.buffer);
    const [a, b, bias, c] = [0, 1, 2, 3].map((i) => exports.heapBase() / 4 + 64 * i);
    f32.set([1, 10, 100, 1000, 2, 20, 200, 2000], a);
    f32.set([0, 1, 2, 3, 4, 5, 6, 7, 1, 1, 1, 1, 1, 1, 1, 1], b);
    f32.set([0.5, 5, 50, 500], bias);
    exports.correlate4x8(2, 4 * a, 4 * b, 4 * c, 32, 4 * bias, 0);
    const wanted = [1, 10, 100, 1000].flatMap((scale) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((x) => scale * (x + 2.5)),
    );
    assert.deepEqual([...f32.subarray(c, c + 32)], wanted);
  });
});
