// convnd/safetensors: checkpoints without layers and without an engine.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import * as entry from '#src/safetensors.js';

describe('the entry for checkpoints', () => {
  it('exports the three functions, which go around', () => {
    assert.deepEqual(Object.keys(entry).sort(), [
      'loadSafetensors',
      'safetensorsMetadata',
      'saveSafetensors',
    ]);
    const tensors: Record<string, entry.SafeTensor> = {
      'conv.weight': { data: Float32Array.of(1, -2.5, 3, 4), shape: [2, 1, 2], dtype: 'F32' },
      'conv.bias': { data: Float32Array.of(0.5, -1), shape: [2], dtype: 'BF16' },
      steps: { data: BigInt64Array.of(12n), shape: [1], dtype: 'I64' },
    };
    const file = entry.saveSafetensors(tensors, { format: 'pt' });
    assert.deepEqual({ ...entry.loadSafetensors(file) }, tensors);
    assert.deepEqual({ ...entry.safetensorsMetadata(file) }, { format: 'pt' });
  });

  it('bundles checkpoints and core, nothing else', async () => {
    const { metafile } = await build({
      entryPoints: ['src/safetensors.ts'],
      bundle: true,
      format: 'esm',
      metafile: true,
      write: false,
    });
    const files = Object.keys(metafile.inputs);
    const others = files.filter((file) => !/^src\/(checkpoints\/|core\/|safetensors\.ts$)/.test(file));
    assert.deepEqual(others, []);
    for (const file of ['safetensors.ts', 'checkpoints/safetensors.ts', 'checkpoints/header.ts'])
      assert.ok(files.includes(`src/${file}`), file);
  });
});
