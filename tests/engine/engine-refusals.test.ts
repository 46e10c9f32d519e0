// What the engine says where it can't start or memory runs out, and that it goes on afterwards.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { wasmModule } from 'convnd';
import { carried } from '#src/engine/carried.js';
import { Engine } from '#src/engine/engine.js';

const run = promisify(execFile);

/** An engine of its own, whose memory grows as long as it is allowed to. */
function newEngine(): { engine: Engine; allow: (may: boolean) => void } {
  const engine = new Engine(wasmModule());
  const { memory } = engine;
  const grow = memory.grow.bind(memory);
  let allowed = true;
  memory.grow = (pages) => {
    if (!allowed) throw new RangeError('no more memory');
    return grow(pages);
  };
  return {
    engine,
    allow: (may) => {
      allowed = may;
    },
  };
}

describe('memory that runs out', () => {
  it('is refused with the bytes and what they were for; what there is stays usable', () => {
    const { engine, allow } = newEngine();
    const first = engine.allocate(1000, 'a first block');
    engine.f32.fill(7, first / 4, first / 4 + 250);
    const { total, live } = engine.usage;
    allow(false);
    const rest = `${live} are in use, and dispose() frees those of resident tensors`;
    for (const bytes of [total, 2 ** 31, 2 ** 33]) {
      assert.throws(() => engine.allocate(bytes, 'the weights of n1 g1 c1 f1 i3 k1'), {
        name: 'RangeError',
        message: `not enough memory: ${bytes} bytes of WebAssembly memory for the weights of n1 g1 c1 f1 i3 k1; ${rest}`,
      });
      assert.throws(() => engine.reserve(bytes, 'n1 g1 c1 f1 i3 k1'), {
        name: 'RangeError',
        message: `not enough memory: ${bytes} bytes of WebAssembly memory for n1 g1 c1 f1 i3 k1; ${rest}`,
      });
    }
    assert.deepEqual(engine.usage, { total, live, scratch: 0 });
    assert.ok(engine.f32.subarray(first / 4, first / 4 + 250).every((value) => value === 7));
    assert.ok(engine.allocate(1000, 'a second block') >= first + 1000);
    allow(true);
    assert.ok(engine.allocate(total, 'a third block') > 0);
  });

  it('takes the scratch before it gives up', () => {
    const { engine, allow } = newEngine();
    engine.reserve(60000, 'a call');
    assert.equal(engine.usage.scratch, 60032);
    allow(false);
    const address = engine.allocate(50000, 'a layer');
    assert.ok(address > 0);
    assert.deepEqual([engine.usage.live, engine.usage.scratch], [50048, 0]);
    assert.throws(() => engine.reserve(60000, 'a call'), /not enough memory: 60000 bytes/);
    engine.release(address);
    assert.ok(engine.reserve(60000, 'a call') > 0);
  });

  it('counts what is live and what is scratch', () => {
    const { engine } = newEngine();
    const a = engine.allocate(1, 'a');
    const b = engine.allocate(65, 'b');
    assert.equal(engine.usage.live, 64 + 128);
    const scratch = engine.reserve(1000, 'c');
    assert.equal(engine.reserve(10, 'c'), scratch, 'it is large enough');
    assert.deepEqual([engine.usage.live, engine.usage.scratch], [64 + 128, 1024]);
    engine.reserve(200_000, 'c');
    assert.deepEqual([engine.usage.live, engine.usage.scratch], [64 + 128, 200_000]);
    engine.release(a);
    engine.release(b);
    assert.equal(engine.usage.live, 0);
    assert.equal(engine.usage.total, engine.memory.buffer.byteLength);
    assert.equal(engine.f32.buffer, engine.memory.buffer, 'the views are fresh');
    assert.equal(engine.i32.buffer, engine.memory.buffer, 'the views are fresh');
  });
});

describe('where the engine cannot start', () => {
  /** What the first convolution says after some code ran; the library is loaded before. */
  async function firstError(before: string): Promise<string> {
    const code = `
      import { functional, memoryUsage } from 'convnd';
      ${before}
      try {
        functional.conv1d([[1, 2]], [[[1]]]);
        console.log('no error');
      } catch (error) {
        console.log(error.name + ': ' + error.message + '|' + (error.cause?.message ?? '') + '|' + memoryUsage().total);
      }`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
    return stdout.trim();
  }

  it('the error says that there is no WebAssembly', async () => {
    assert.equal(
      await firstError('delete globalThis.WebAssembly;'),
      'Error: convnd could not start: this JavaScript engine lacks or forbids WebAssembly|WebAssembly is not defined|0',
    );
  });

  it('the error says that compiling is forbidden', async () => {
    assert.match(
      await firstError(
        `WebAssembly.Module = class { constructor() { throw new Error('refused by policy'); } };`,
      ),
      /^Error: convnd could not start: compiling failed: .*wasm-unsafe-eval.*init\(\{ module \}\).*\|refused by policy\|0$/,
    );
  });

  it('the error says so too where the policy is asked when the module is to run, as in WebKit', async () => {
    assert.match(
      await firstError(
        `WebAssembly.Instance = class { constructor() { throw new Error('refused by policy'); } };`,
      ),
      /^Error: convnd could not start: compiling failed: .*wasm-unsafe-eval.*\|refused by policy\|131072$/,
    );
  });

  it('the error says that SIMD is missing', async () => {
    assert.match(
      await firstError(`
        WebAssembly.Module = class { constructor() { throw new Error('unknown opcode'); } };
        WebAssembly.validate = () => false;`),
      /^Error: convnd could not start: this JavaScript engine lacks WebAssembly SIMD; a newer one has it\|unknown opcode\|0$/,
    );
  });
});

const CODE = 10;
const DATA = 11;

/** A section of a module: the bodies of its functions, or the numbers that it brings along. */
function sectionOf(module: Buffer, section: number): Buffer | undefined {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (size: number) => module.subarray(at, (at += size));
  while (at < module.length) {
    const id = module[at++];
    const bytes = take(number());
    if (id === section) return bytes;
  }
  return undefined;
}

describe('the carried module', () => {
  it('is the file beside the library, byte for byte: the built code, the version, and where multiply-adds are', () => {
    const file = readFileSync('dist/convnd.wasm');
    assert.deepEqual(Buffer.from(carried.bytes!()), file);
    assert.deepEqual(sectionOf(file, CODE), sectionOf(readFileSync('build/convnd.wasm'), CODE));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    assert.match(file.toString('latin1'), new RegExp(`\\x06convnd${version}\\x00.\\x05madd0[^]{1,120}$`));
  });

  it('is the only one that brings numbers along: those of another would lie where its own are, as they share a memory', () => {
    const bringing = (name: string) => sectionOf(readFileSync(`dist/${name}.wasm`), DATA) !== undefined;
    assert.ok(bringing('convnd'));
    const others = ['signal', 'train', 'train.fused', 'pool', 'match'];
    assert.deepEqual(others.filter(bringing), []);
  });
});
