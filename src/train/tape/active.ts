// Active: the tape that records at the moment, and how to compute without one.

import { recording } from '../../layers/recording.js';
import type { Tape } from './tape.js';

/** Who records at the moment, if anybody. */
export const active: { tape: Tape | undefined } = { tape: undefined };

/** Calls a function whose calls nobody records: backward computes what it needs in the midst of anything. */
export function unrecorded<T>(compute: () => T): T {
  const { tape } = active;
  const { recorder } = recording;
  active.tape = undefined;
  recording.recorder = undefined;
  try {
    return compute();
  } finally {
    active.tape = tape;
    recording.recorder = recorder;
  }
}
