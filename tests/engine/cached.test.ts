// Cached ranges: which are given back when, on a memory that is only counted.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wasmModule } from 'convnd';
import { Cached, LruList } from '#src/engine/cached.js';
import { Engine } from '#src/engine/engine.js';

/** A memory of so many bytes, and ranges in it by name. */
class Model {
  call = 0;
  readonly lruList: LruList;
  readonly other: LruList;
  readonly dropped: string[] = [];
  readonly ranges = new Map<string, Cached>();
  #used = 0;
  readonly #sizes = new Map<number, number>();

  constructor(most: number, mostOfOther: number) {
    this.lruList = new LruList(most);
    this.other = new LruList(mostOfOther);
  }

  allocate(bytes: number, purpose: string): number {
    if (purpose === 'too much') throw new RangeError(purpose);
    const address = this.#sizes.size === 0 ? 64 : Math.max(...this.#sizes.keys()) + 64;
    this.#sizes.set(address, bytes);
    this.#used += bytes;
    return address;
  }

  release(address: number): void {
    assert.ok(this.#sizes.has(address), `${address}`);
    this.#used -= this.#sizes.get(address)!;
    this.#sizes.delete(address);
  }

  /** Uses ranges of these names and 10 bytes in one call. */
  use(...names: string[]): void {
    this.call++;
    for (const name of names) {
      if (!this.ranges.has(name))
        this.ranges.set(name, new Cached(this, this.lruList, this.other, () => this.dropped.push(name)));
      const range = this.ranges.get(name)!;
      if (!range.use()) range.take(10, 0, name);
      assert.ok(range.address >= 0);
    }
  }

  /** The names of what has memory. */
  get held(): string {
    const held = [...this.ranges].filter(([, { address }]) => address >= 0).map(([name]) => name);
    assert.equal(this.#used, 10 * held.length);
    return held.sort().join('');
  }
}

describe('cached ranges', () => {
  it('are given back beyond the bound, those not used for longest first', () => {
    const model = new Model(40, 40);
    for (const name of 'abcd') model.use(name);
    assert.equal(model.held, 'abcd');
    for (const name of 'efg') model.use(name);
    assert.equal(model.held, 'defg');
    assert.equal(model.dropped.join(''), 'abc');
  });

  it('stay on an LRU list of their own once a second call used them', () => {
    const model = new Model(30, 30);
    for (const name of 'ababab') model.use(name);
    for (const name of 'cdefgh') model.use(name);
    assert.equal(model.held, 'abfgh');
    // which has a bound as well
    for (const name of 'ahg') model.use(name);
    assert.equal(model.held, 'afgh');
    assert.equal(model.dropped.at(-1), 'b');
  });

  it('that come back after they were given back are known to be used again', () => {
    const model = new Model(30, 100);
    // a network that does not fit the first LRU list, over and over
    for (let round = 0; round < 3; round++) for (const name of 'abcdef') model.use(name);
    assert.equal(model.held, 'abcdef');
    assert.equal(model.dropped.join(''), 'abc', 'in the first round only');
  });

  it('are never those that the call in progress uses, whatever it needs', () => {
    const model = new Model(20, 20);
    model.use('a', 'b', 'c', 'd');
    assert.equal(model.held, 'abcd');
    model.use('e');
    assert.equal(model.held, 'de');
    assert.equal(model.lruList.dropOldest(model.call), true);
    assert.equal(model.lruList.dropOldest(model.call), false);
    assert.equal(model.held, 'e');
    assert.equal(model.lruList.dropOldest(0), true, 'between calls');
    assert.equal(model.held, '');
    assert.equal(model.lruList.dropOldest(0), false);
  });

  it('that could not be had count nothing, and say that they were dropped', () => {
    const model = new Model(40, 40);
    model.use('a');
    const range = new Cached(model, model.lruList, model.lruList, () => model.dropped.push('z'));
    for (let i = 0; i < 10; i++) {
      model.call++;
      assert.equal(range.use(), false);
      assert.throws(() => range.take(10, 0, 'too much'), RangeError);
    }
    assert.equal(model.dropped.length, 10);
    for (const name of 'bcd') model.use(name);
    assert.equal(model.held, 'abcd');
  });

  it('may be given back by their owner, twice too', () => {
    const model = new Model(40, 40);
    for (const name of 'abcd') model.use(name);
    for (const name of 'bdb') model.ranges.get(name)!.release();
    assert.equal(model.held, 'ac');
    for (const name of 'efg') model.use(name);
    assert.equal(model.held, 'cefg');
    assert.equal(model.dropped.join(''), 'a', 'a release of the owner is no drop');
  });

  it('of an engine make room for what must be had', () => {
    const engine = new Engine(wasmModule());
    const { memory } = engine;
    const grow = memory.grow.bind(memory);
    // the pages of eight ranges, and the last page, which is never allocated
    const most = Math.ceil((4096 + 8_000_000) / 65536) + 1;
    memory.grow = (pages) => {
      if (memory.buffer.byteLength / 65536 + pages > most) throw new RangeError('no more');
      return grow(pages);
    };
    const ranges = Array.from(
      { length: 8 },
      () => new Cached(engine, engine.usedOnce, engine.usedAgain, () => {}),
    );
    for (const range of ranges) {
      engine.begin();
      assert.equal(range.use(), false);
      range.take(1_000_000, 0, 'some');
      engine.end();
    }
    const first = engine.allocate(1_500_000, 'more');
    assert.deepEqual(
      ranges.map(({ address }) => address >= 0),
      [false, false, true, true, true, true, true, true],
    );
    engine.begin();
    assert.equal(ranges[2].use(), true);
    assert.throws(
      () => engine.allocate(8_000_000, 'too much'),
      /^RangeError: not enough memory: 8000000 bytes/,
    );
    assert.deepEqual(
      ranges.map(({ address }) => address >= 0),
      [false, false, true, false, false, false, false, false],
    );
    engine.end();
    engine.release(first);
    assert.equal(engine.usage.live, 1_000_000);
  });
});
