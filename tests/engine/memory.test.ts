// The allocator against a model that looks for gaps in a list of blocks; no memory is touched.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Allocator } from '#src/engine/allocator.js';

const PAGE = 65536;
const MOST = 2 ** 32;

interface Block {
  address: number;
  size: number;
}

/** Blocks begin at multiples of this, a cache line. */
const ALIGNMENT = 64;
const aligned = (bytes: number) => Math.ceil(Math.max(1, bytes) / ALIGNMENT) * ALIGNMENT;

/** An allocator with the list of what it handed out, and a memory that grows up to a limit. */
class Model {
  readonly blocks: Block[] = [];
  readonly first: number;
  end: number;
  growths = 0;
  readonly allocator: Allocator;

  constructor(
    begin: number,
    end: number,
    readonly limit: number,
  ) {
    this.first = Math.ceil(begin / ALIGNMENT) * ALIGNMENT;
    this.end = end;
    this.allocator = new Allocator(begin, end, (bytes) => {
      assert.equal(bytes % PAGE, 0, 'part of a page');
      assert.ok(bytes > this.end && bytes <= MOST, `grows from ${this.end} to ${bytes}`);
      if (bytes > limit) return false;
      this.growths++;
      this.end = bytes;
      return true;
    });
  }

  /** The gaps between the blocks, in order. */
  gaps(): Block[] {
    const sorted = [...this.blocks].sort((a, b) => a.address - b.address);
    const gaps: Block[] = [];
    let at = this.first;
    for (const { address, size } of [...sorted, { address: this.end, size: 0 }]) {
      if (address > at) gaps.push({ address: at, size: address - at });
      at = address + size;
    }
    return gaps;
  }

  /**
   * Allocates, and checks that the block lies in the first gap that holds it, at the end where none does; `atEnd`: at the end of the last
   * gap that holds it.
   */
  allocate(bytes: number, atEnd = false): number {
    const size = aligned(bytes);
    const before = this.gaps();
    const last = before.at(-1);
    const holds = (gap: Block) => gap.size >= size;
    const fitting = atEnd ? before.findLast(holds) : before.find(holds);
    const open = last && last.address + last.size === this.end ? last.address : this.end;
    const grown = Math.ceil((open + size) / PAGE) * PAGE;
    const address = this.allocator.allocate(bytes, atEnd);
    const [begin, end] = fitting ? [fitting.address, fitting.address + fitting.size] : [open, this.end];
    const expected = atEnd ? end - size : begin;
    assert.equal(address, fitting || grown <= this.limit ? expected : -1, `${bytes} bytes`);
    if (address >= 0) {
      assert.equal(address % ALIGNMENT, 0);
      assert.ok(address >= this.first && address + size <= this.end, 'a block beyond the memory');
      this.blocks.push({ address, size });
    }
    this.check();
    return address;
  }

  /** Gives the block at some place in the list back. */
  release(place: number): void {
    const [block] = this.blocks.splice(place % this.blocks.length, 1);
    this.allocator.release(block.address);
    this.check();
  }

  check(): void {
    const sorted = [...this.blocks].sort((a, b) => a.address - b.address);
    sorted.forEach(({ address, size }, i) => {
      const next = sorted[i + 1]?.address ?? this.end;
      assert.ok(address + size <= next, `blocks at ${address} and ${next} overlap`);
    });
    assert.equal(
      this.allocator.live,
      sorted.reduce((sum, { size }) => sum + size, 0),
    );
  }
}

describe('the allocator', () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0, max: 300_000 }),
    fc.integer({ min: 0, max: 900_000_000 }),
  );
  const step = fc.oneof(
    fc.record({ bytes: size, atEnd: fc.boolean() }),
    fc.record({ bytes: size, atEnd: fc.boolean() }),
    fc.record({ place: fc.nat(1000) }),
  );
  const memory = fc.record({
    begin: fc.integer({ min: 0, max: 5000 }),
    pages: fc.integer({ min: 1, max: 4 }),
    limit: fc.constantFrom(PAGE * 4, PAGE * 100, 2 ** 30, 2 ** 31 + PAGE, MOST),
    steps: fc.array(step, { maxLength: 120 }),
  });

  it('takes the first gap that fits, or the end of the last, grows where none does, and never overlaps', () => {
    fc.assert(
      fc.property(memory, ({ begin, pages, limit, steps }) => {
        const model = new Model(begin, pages * PAGE, limit);
        for (const step of steps) {
          if ('bytes' in step) model.allocate(step.bytes, step.atEnd);
          else if (model.blocks.length > 0) model.release(step.place);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has one block again when everything was given back', () => {
    fc.assert(
      fc.property(memory, ({ begin, pages, limit, steps }) => {
        const model = new Model(begin, pages * PAGE, limit);
        for (const step of steps) {
          if ('bytes' in step) model.allocate(step.bytes, step.atEnd);
          else if (model.blocks.length > 0) model.release(step.place);
        }
        while (model.blocks.length > 0) model.release(model.blocks.length >> 1);
        const { growths } = model;
        assert.equal(model.allocate(model.end - model.first), model.first);
        assert.equal(model.growths, growths, 'grew for what is free');
      }),
      { numRuns: 1000 },
    );
  });

  it('grows up to four gigabytes, the part that is free at the end included, and no further', () => {
    const model = new Model(1024, 2 * PAGE, MOST);
    assert.equal(model.allocate(2 ** 31), 1024);
    assert.equal(model.end, 2 ** 31 + PAGE);
    assert.equal(model.allocate(2 ** 30), 1024 + 2 ** 31);
    const { end } = model;
    assert.equal(model.allocate(2 ** 30), -1);
    assert.equal(model.end, end);
    assert.equal(model.allocate(2 ** 29), 1024 + 2 ** 31 + 2 ** 30);
  });

  it('grows by what exceeds 32 MB where less is needed, but only where there is as much', () => {
    const small = new Model(0, 512 * PAGE, MOST);
    small.allocate(512 * PAGE + 1);
    assert.equal(small.end, 513 * PAGE);
    const ample = new Model(0, 1024 * PAGE, MOST);
    ample.allocate(1024 * PAGE + 1);
    assert.equal(ample.end, 1536 * PAGE);
    const tight = new Model(0, 1024 * PAGE, 1535 * PAGE);
    tight.allocate(1024 * PAGE + 1);
    assert.equal(tight.end, 1025 * PAGE);
  });

  it('says -1 where the memory does not grow, and goes on', () => {
    let willing = false;
    const allocator = new Allocator(64, PAGE, () => willing);
    const first = allocator.allocate(1000);
    assert.equal(allocator.allocate(PAGE), -1);
    assert.equal(allocator.allocate(2 ** 40), -1);
    assert.equal(allocator.live, 1024);
    const second = allocator.allocate(1000);
    assert.equal(second, first + 1024);
    allocator.release(first);
    assert.equal(allocator.allocate(900), first);
    willing = true;
    assert.equal(allocator.allocate(PAGE), second + 1024);
  });

  it('refuses to take back what is no block of its own, a block given back before too', () => {
    const allocator = new Allocator(64, PAGE, () => false);
    const refuses = (address: number) =>
      assert.throws(() => allocator.release(address), {
        name: 'Error',
        message: `no memory is allocated at ${address}: released twice?`,
      });
    const address = allocator.allocate(100);
    refuses(address + 64);
    refuses(-1);
    assert.equal(allocator.live, 128);
    allocator.release(address);
    refuses(address);
    assert.equal(allocator.live, 0);
    assert.equal(allocator.allocate(PAGE - 64), 64);
  });

  it('starts with no room at all', () => {
    for (const begin of [0, 63, 64, PAGE - 1, PAGE]) {
      const model = new Model(begin, PAGE, MOST);
      assert.equal(model.allocate(PAGE), model.first);
    }
  });
});
