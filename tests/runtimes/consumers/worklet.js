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
    this.port.postMessage({ fixtures: check(convnd, fixtures) });
    const taps = weights[0].shape[2];
    const layers = [new convnd.Conv1d(1, 8, taps, { bias: false }), new convnd.Conv1d(8, 1, taps, { bias: false })];
    layers.forEach((layer, i) => layer.loadStateDict({ weight: weights[i] }));
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
    this.clock = { begin: 0, milliseconds: 0, long: 0 };
  }

  process([[input]], [[output]]) {
    if (this.frames.length === this.quanta) return false;
    // the only clock here; it counts whole milliseconds
    const begin = Date.now();
    const { x, hidden, y, layers, history } = this;
    x.data.copyWithin(0, QUANTUM);
    if (input) x.data.set(input, history);
    else x.data.fill(0, history);
    layers[0].forward(x, { out: hidden });
    layers[1].forward(hidden, { out: y });
    output.set(y.data);
    const took = Date.now() - begin;

    const at = this.frames.length * QUANTUM;
    this.heard.set(x.data.subarray(history), at);
    this.said.set(output, at);
    if (at === 0) this.clock.begin = begin;
    this.clock.milliseconds += took;
    if (took * sampleRate > 1000 * QUANTUM) this.clock.long++;
    if (this.frames.push(currentFrame) === this.quanta) {
      const { heard, said, frames, clock } = this;
      this.port.postMessage({ heard, said, frames, clock: { ...clock, end: Date.now() } });
    }
    return true;
  }
}

registerProcessor('quanta', Quanta);
