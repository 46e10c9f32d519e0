// The built module through AssemblyScript's own loader: what it exports, what it asks for, and that a kernel runs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { instantiateSync } from '@assemblyscript/loader';
import { algorithms } from '#src/plan/choice.js';

type Kernel = (...args: number[]) => number;

const bytes = readFileSync('build/convnd.wasm');
const module = new WebAssembly.Module(bytes);
const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));

/** The names in a source file that a pattern finds. */
const namesIn = (file: string, pattern: RegExp): string[] =>
  [...readFileSync(file, 'utf8').matchAll(pattern)]
    .flatMap(([, names]) => names.split(','))
    .map((name) => name.trim());

describe('the module', () => {
  it('asks for nothing', () => assert.deepEqual(WebAssembly.Module.imports(module), []));

  it('exports what the engine reads', () => {
    const [, list] = /interface Exports \{([^}]*)\}/.exec(readFileSync('src/engine/engine.ts', 'utf8')) ?? [];
    const fields = [...list.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
    assert.ok(fields.length >= 8, fields.join());
    for (const name of fields)
      assert.equal(exported.get(name), name === 'memory' ? 'memory' : 'function', name);
    for (const { name } of algorithms) assert.ok(fields.includes(name), `${name} has no entry`);
  });

  it('exports what assembly/index.ts says, and its memory', () => {
    const source = 'assembly/index.ts';
    const names = [
      'memory',
      ...namesIn(source, /^export \{([^}]*)\} from/gm),
      ...namesIn(source, /^export function (\w+)/gm),
    ];
    assert.deepEqual([...exported.keys()].sort(), names.sort());
  });

  it('computes a tile', () => {
    const { exports } = instantiateSync<Record<string, Kernel>>(bytes);
    const memory = exports.memory as unknown as WebAssembly.Memory;
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
