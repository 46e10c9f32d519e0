// Runs in an AudioWorklet: every quantum of 128 frames through a long FIR filter, straight from the input to the output.

import { FirFilter } from 'convnd/signal';

const QUANTUM = 128;
/** Quanta after which the filter's work begins anew. */
const PERIOD = 16;
/** Periods before the sound begins, by which a quantum's time is found. */
const PERIODS = 1000;

class Reverb extends AudioWorkletProcessor {
  constructor({ processorOptions: { coefficients, quanta } }) {
    super();
    this.coefficients = coefficients;
    this.filter = new FirFilter(coefficients);
    this.heard = new Float32Array(quanta * QUANTUM);
    this.said = new Float32Array(quanta * QUANTUM);
    this.frames = [];
    this.quanta = quanta;
    this.clock = { begin: 0, long: 0, ...this.time() };
    this.port.postMessage({ ready: { passed: 0, failed: 0, details: [] } });
  }

  /**
   * Milliseconds a quantum, and of the dearest place in a period. The only clock here counts whole milliseconds; what it counts within
   * many quanta of one place is their time all the same, in the mean.
   */
  time() {
    const x = this.heard.map((_, t) => Math.sin(t));
    const out = [new Float32Array(QUANTUM)];
    this.filter.process(x);
    const places = new Float64Array(PERIOD);
    const block = [x.subarray(0, QUANTUM)];
    for (let i = 0; i < PERIOD * PERIODS; i++) {
      const begin = Date.now();
      this.filter.process(block, { out });
      places[i % PERIOD] += Date.now() - begin;
    }
    this.filter.reset();
    return {
      each: places.reduce((a, b) => a + b) / (PERIOD * PERIODS),
      dearest: Math.max(...places) / PERIODS,
    };
  }

  process([input], [output]) {
    if (this.frames.length === this.quanta) return false;
    // counted from the first sound on: Chromium's first call has a currentFrame that is out of date, in any processor
    if (this.frames.length === 0 && !input[0]?.some((value) => value !== 0)) return true;
    const begin = Date.now();
    this.filter.process(input, { out: output });
    const took = Date.now() - begin;

    const at = this.frames.length * QUANTUM;
    this.heard.set(input[0], at);
    this.said.set(output[0], at);
    if (at === 0) this.clock.begin = begin;
    if (took * sampleRate > 1000 * QUANTUM) this.clock.long++;
    if (this.frames.push(currentFrame) === this.quanta) {
      const { heard, said, frames, clock } = this;
      const end = Date.now();
      const whole = new FirFilter(this.coefficients).process(heard);
      this.port.postMessage({ heard, said, whole, frames, clock: { ...clock, end } });
    }
    return true;
  }
}

registerProcessor('reverb', Reverb);
