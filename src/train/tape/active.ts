// The active tape, and a way to compute without recording.

import { recording } from '../../layers/recording.js';
import type { Tape } from './tape.js';

/** The tape that is recording, if any. */
export const active: { tape: Tape | undefined } = { tape: undefined };

/** Calls a function without recording it, even inside `record`. Used by backward. */
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
