// Leave: threads whose cores another program uses may cost more time than they save. They go on leave then: calls are computed by the
// calling thread alone, until these losses are a small part of its work.

/** Milliseconds that threads may lose before they go on leave, also after the last one: the first call that wakes them may be late. */
const MOST_LOST = 5;

/** What they gain makes up for losses, up to so many milliseconds: on an idle machine, a call is late now and then too. */
const MOST_GAINED = 50;

/** A call was late if it took this share and these milliseconds longer than alone. Less may be an error of the measurement. */
const NOISE_SHARE = 1 / 8;
const NOISE = 0.05;

/**
 * The most milliseconds that a call counts as late, some time slices of another program, unless it takes longer than these by itself: if it
 * stands still for longer, mostly the whole program does, for example because the computer sleeps.
 */
const MOST_LATE = 20;

/**
 * Threads stay on leave until this thread has worked so many times as long as they lost, so these losses cost at most 5 %. Leaves in
 * succession are twice as long each, but not longer than a second for that.
 */
const TIMES = 20;
const LONGEST = 1000;

/** Decides whether calls are divided, from how long they take. All times are in milliseconds. */
export class Leave {
  /** what divided calls gained since the last leave, less what they lost */
  #balance = 0;
  /** the work that is still to be done alone */
  #left = 0;
  #times = TIMES;

  /** Whether calls are computed alone. */
  get isOn(): boolean {
    return this.#left > 0;
  }

  /**
   * Takes note of a divided call.
   * @param took its time
   * @param alone the time that the calling thread would have taken alone
   */
  noteDivided(took: number, alone: number): void {
    const late = took - alone;
    if (late > NOISE + NOISE_SHARE * alone) this.#balance -= Math.min(late, Math.max(MOST_LATE, alone));
    else if (late < 0) this.#balance = Math.min(MOST_GAINED, this.#balance - late);
    if (this.#balance >= MOST_LOST) this.#times = TIMES;
    if (this.#balance >= -MOST_LOST) return;
    const lost = -this.#balance;
    this.#left = Math.max(TIMES * lost, Math.min(LONGEST, this.#times * lost));
    this.#times *= 2;
    this.#balance = 0;
  }

  /** Takes note of a call that was computed alone because threads are on leave. */
  noteAlone(took: number): void {
    this.#left -= took;
  }
}
