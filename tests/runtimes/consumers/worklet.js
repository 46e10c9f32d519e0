// Runs in an AudioWorklet: the fixtures first, then every quantum of 128 frames through two layers, 1 -> 8 -> 1 channels.
// Both read the samples before, so that a quantum continues the last one.

import * as convnd from 'ENTRY';
import { check } from './check.js';
import { fixtures } from './fixtures.js';

const QUANTUM = 128;

class Quanta extends AudioWorkletProcessor {
  constructor({ processorOptions: { module, weights, quanta } }) {
    super();
    if (module) convnd.init({ module });
    this.checkAll();
    const taps = weights[0].shape[2];
    const layers = [
      new convnd.Conv1d(1, 8, taps, { bias: false }),
      new convnd.Conv1d(8, 1, taps, { bias: false }),
    ];
    for (const [i, layer] of layers.entries()) layer.loadStateDict({ weight: weights[i] });
    const history = 2 * (taps - 1);
    const empty = (channels, length) =>
      convnd.tensor(new Float32Array(channels * length), [1, channels, length]);
    this.layers = layers;
    this.history = history;
    this.x = empty(1, QUANTUM + history);
    this.hidden = empty(8, QUANTUM + history / 2);
    this.y = empty(1, QUANTUM);
    this.heard = new Float32Array(quanta * QUANTUM);
    this.said = new Float32Array(quanta * QUANTUM);
    this.frames = [];
    this.quanta = quanta;
    this.clock = { begin: 0, long: 0, each: this.time(2000) };
  }

  async checkAll() {
    const ready = check(convnd, fixtures);
    if (convnd.setNumThreads) {
      // the thread of sound starts no others, and asking for them changes nothing
      const threads = await convnd.setNumThreads(3);
      if (threads === 1) ready.passed++;
      else {
        ready.failed++;
        ready.details.push(`${threads} threads`);
      }
    }
    this.port.postMessage({ ready });
  }

  /** Milliseconds a quantum, from many: the only clock here counts whole milliseconds. */
  time(times) {
    const begin = Date.now();
    for (let i = 0; i < times; i++) this.convolve();
    return (Date.now() - begin) / times;
  }

  convolve() {
    this.layers[0].forward(this.x, { out: this.hidden });
    this.layers[1].forward(this.hidden, { out: this.y });
  }

  process([[input]], [[output]]) {
    if (this.frames.length === this.quanta) return false;
    // counted from the first sound on: Chromium's first call has a currentFrame that is out of date, in any processor
    if (this.frames.length === 0 && !input?.some((value) => value !== 0)) return true;
    const begin = Date.now();
    const { x, y, history } = this;
    x.data.copyWithin(0, QUANTUM);
    x.data.set(input, history);
    this.convolve();
    output.set(y.data);
    const took = Date.now() - begin;

    const at = this.frames.length * QUANTUM;
    this.heard.set(x.data.subarray(history), at);
    this.said.set(output, at);
    if (at === 0) this.clock.begin = begin;
    if (took * sampleRate > 1000 * QUANTUM) this.clock.long++;
    if (this.frames.push(currentFrame) === this.quanta) {
      const { heard, said, frames, clock } = this;
      this.port.postMessage({ heard, said, frames, clock: { ...clock, end: Date.now() } });
    }
    return true;
  }
}

registerProcessor('quanta', Quanta);
