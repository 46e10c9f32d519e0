// UTF-8 as TextEncoder and TextDecoder have it, and the same without them, as in an AudioWorklet.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeUtf8, encodeUtf8 } from '#src/checkpoints/utf8.js';

const texts = ['', 'plain', '\u0000\u007f\u0080\u07ff\u0800\uffff', 'weight.größe 卷积 🙂', '\ufeffmark'];
const broken = [[0x80], [0xc0, 0x80], [0xe5, 0x8d], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]];

describe('UTF-8', () => {
  const check = () => {
    for (const text of texts) assert.equal(decodeUtf8(encodeUtf8(text)), text);
    for (const bytes of broken) assert.throws(() => decodeUtf8(Uint8Array.from(bytes)), String(bytes));
  };

  it('is written as TextEncoder writes it', () => {
    for (const text of texts) assert.deepEqual(encodeUtf8(text), new TextEncoder().encode(text));
  });

  it('is read strictly', check);

  it('is read as strictly without TextDecoder', () => {
    const { TextDecoder } = globalThis;
    Reflect.deleteProperty(globalThis, 'TextDecoder');
    try {
      check();
    } finally {
      Object.assign(globalThis, { TextDecoder });
    }
  });
});
