// Fused multiply-adds: the bytes are what they should be, whatever this engine knows, and the setting says which run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import binaryen from 'binaryen';
import { usesRelaxedSimd } from 'convnd';
import { fused as fusedBytes } from '#src/engine/relaxed-simd.js';

const run = promisify(execFile);

const read = (name: string): Bytes => new Uint8Array(readFileSync(`dist/${name}.wasm`));

type Bytes = Uint8Array<ArrayBuffer>;
const fused = (bytes: Bytes) => fusedBytes(bytes) as Bytes; // declarations for older compilers say less

/** Whether this engine runs a module with relaxed SIMD. */
const knows = WebAssembly.validate(fused(read('convnd')));

/** An expression of a module's text: what stands in its line, and its operands. */
interface Node {
  line: string;
  operands: Node[];
}

/** The text of a module as a tree: operands stand below an expression, further to the right. */
function treeOf(bytes: Bytes): Node {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  const root: Node = { line: '', operands: [] };
  const open: { node: Node; depth: number }[] = [{ node: root, depth: -1 }];
  for (const text of module.emitText().split('\n')) {
    const line = text.trim();
    if (!/^[(]/.test(line)) continue;
    const depth = text.search(/\S/);
    while (open.at(-1)!.depth >= depth) open.pop();
    const node = { line, operands: [] };
    open.at(-1)!.node.operands.push(node);
    open.push({ node, depth });
  }
  return root;
}

/** The lines of a tree, without what closes expressions, and without instructions that do nothing. */
function linesOf({ line, operands }: Node): string[] {
  const some = operands.filter((operand) => operand.line !== '(nop)');
  if (line === '(block (result v128)' && some.length === 1 && operands.length > 1) return linesOf(some[0]);
  return [line.replace(/\)+$/, ''), ...some.flatMap(linesOf)];
}

/** The tree with each sum whose first operand is a product as one expression of three operands. */
function withMultiplyAdds({ line, operands }: Node): Node {
  const [first, ...others] = operands;
  if (!line.startsWith('(f32x4.add') || !first.line.startsWith('(f32x4.mul'))
    return { line, operands: operands.map(withMultiplyAdds) };
  return {
    line: '(f32x4.relaxed_madd',
    operands: [...first.operands, ...others].map(withMultiplyAdds),
  };
}

/** How many lines of a text say that. */
const count = (lines: string[], start: string) => lines.filter((line) => line.startsWith(start)).length;

describe('fused multiply-adds', () => {
  for (const [name, pairs] of Object.entries({ convnd: 217, train: 76 }))
    it(`stand in ${name}.wasm for every product that is the first operand of a sum, and nothing else changed`, () => {
      const bytes = readFileSync(`dist/${name}.wasm`) as Bytes; // a Buffer, as Node gives it
      const before = read(name);
      const made = linesOf(treeOf(fused(bytes)));
      const wanted = linesOf(withMultiplyAdds(treeOf(bytes)));
      assert.equal(count(wanted, '(f32x4.relaxed_madd'), pairs);
      // the section is called otherwise and, as it stays, has the same size
      const named = (lines: string[]) => lines.filter((line) => !line.startsWith('(@custom')).join('\n');
      const [got, expected] = [named(made), named(wanted)];
      const at = [...expected].findIndex((letter, i) => got[i] !== letter);
      assert.ok(
        got === expected,
        `${got.slice(at - 200, at + 200)}\ninstead of\n${expected.slice(at - 200, at + 200)}`,
      );
      assert.deepEqual(new Uint8Array(bytes), before, 'the bytes that were given');
      assert.deepEqual(
        fused(bytes),
        new Uint8Array(readFileSync(`dist/${name}.fused.wasm`)),
        'the file for workerd',
      );
    });

  it('are none in modules without any, and in bytes that are no module', () => {
    for (const bytes of [
      read('signal'),
      read('pool'),
      Uint8Array.of(),
      Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 255, 255, 255),
      read('convnd').slice(0, 20000),
      Uint8Array.from({ length: 3000 }, (_, i) => i * i),
    ])
      assert.equal(fused(bytes), bytes);
  });

  it('can be taken once only: a fused module says that it is one', () => {
    const made = fused(read('convnd'));
    assert.equal(fused(made), made);
    if (!knows) return;
    const sections = (bytes: Bytes, name: string) =>
      WebAssembly.Module.customSections(new WebAssembly.Module(bytes), name).length;
    assert.deepEqual([sections(made, 'madd1'), sections(made, 'madd0')], [1, 0]);
    assert.deepEqual([sections(read('convnd'), 'madd1'), sections(read('convnd'), 'madd0')], [0, 1]);
  });

  it('run where this engine knows them', () => assert.equal(usesRelaxedSimd(), knows));
});

/** Runs a program in a process of its own, in the folder where `convnd` and `#src` have one engine. */
async function printed(code: string, ...flags: string[]): Promise<string> {
  const given = [...flags, '--input-type=module', '-e', code];
  const { stdout } = await run(process.execPath, given, { cwd: 'build' });
  return stdout.trim();
}

/** Prints whether multiply-adds are fused, and the sum of three products by which one sees it. */
const sum = `
  const layer = new Conv1d(3, 1, 1, { bias: false });
  layer.loadStateDict({ weight: [[[1 + 2 ** -12], [1 + 2 ** -12], [-2]]] });
  const x = 1 + 2 ** -12;
  console.log(usesRelaxedSimd(), layer.forward([[x], [x], [x]]).data[0] - Math.fround(2 * Math.fround(x * x) - 2 * x));`;

describe('settings.relaxedSimd', () => {
  it("'never' is plain: every product is rounded; 'auto' rounds once, where this processor can", async () => {
    const never = await printed(
      `import { Conv1d, settings, usesRelaxedSimd } from 'convnd'; settings.relaxedSimd = 'never'; ${sum}`,
    );
    assert.equal(never, 'false 0');
    const auto = await printed(`import { Conv1d, usesRelaxedSimd } from 'convnd'; ${sum}`);
    assert.match(auto, knows ? /^true / : /^false 0$/);
  });

  it('holds for init with bytes and addresses, for gradients, and not for a module that is given', async () => {
    const code = (wish: string) => `
      import { readFileSync } from 'node:fs';
      import { init, settings, usesRelaxedSimd } from 'convnd';
      settings.relaxedSimd = '${wish}';`;
    const bytes = (wish: string, given: string) =>
      printed(`${code(wish)} await init({ ${given} }); console.log(usesRelaxedSimd());`);
    const file = `readFileSync('dist/convnd.wasm')`;
    const url = `new URL('dist/convnd.wasm', 'file://${process.cwd()}/')`;
    for (const given of [`bytes: ${file}`, `bytes: new Uint8Array(${file}).buffer`, `url: ${url}`]) {
      assert.equal(await bytes('never', given), 'false', given);
      assert.equal(await bytes('auto', given), String(knows), given);
    }
    assert.equal(await bytes('auto', `module: new WebAssembly.Module(${file})`), 'false');
  });

  it('decides of gradients as of layers; where a module was given, both are as that is', async () => {
    const variants = (wish: string, first: string) =>
      printed(`
        import { readFileSync } from 'node:fs';
        import { Conv1d, init, settings, usesRelaxedSimd } from 'convnd';
        import { backward } from 'convnd/train';
        import { fused } from '#src/engine/relaxed-simd.js';
        import { carried } from '#src/train/carried.js';
        settings.relaxedSimd = '${wish}';
        const bytes = new Uint8Array(readFileSync('dist/convnd.wasm'));
        ${first}
        const gradients = new WebAssembly.Module(carried.bytes());
        console.log(WebAssembly.Module.customSections(gradients, 'madd1').length > 0, usesRelaxedSimd());
        backward(new Conv1d(1, 1, 1), [[[1]]], { input: [[[1]]] });`);
    const both = (isFused: boolean) => `${isFused} ${isFused}`;
    assert.equal(await variants('auto', ''), both(knows), 'not started');
    assert.equal(await variants('never', ''), both(false), 'not started, never');
    const plain = 'await init({ module: new WebAssembly.Module(bytes) });';
    assert.equal(await variants('auto', plain), both(false), 'plain');
    const given = 'await init({ module: new WebAssembly.Module(fused(bytes)) });';
    if (knows) assert.equal(await variants('never', given), both(true), 'fused');
  });

  it('is refused when the engine runs, and with another word', async () => {
    const code = `
      import { Conv1d, settings } from 'convnd';
      const attempt = (value) => { try { settings.relaxedSimd = value; return settings.relaxedSimd; } catch (error) { return String(error); } };
      const said = [attempt('always'), attempt('never'), attempt('auto')];
      new Conv1d(1, 1, 1).forward([[1]]);
      console.log(JSON.stringify([...said, attempt('auto'), attempt('never')]));`;
    assert.deepEqual(JSON.parse(await printed(code)), [
      "TypeError: relaxedSimd: expected 'auto' or 'never', got 'always'",
      'never',
      'auto',
      'auto',
      'Error: relaxedSimd: the engine is running already; set it before the first forward',
    ]);
  });
});
