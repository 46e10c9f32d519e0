// The layout of the shared control buffer through which the threads of a pool claim chunks of work. Words that different threads write
// are on different cache lines.

/** Words of a cache line. */
const LINE_WORDS = 16;

/**
 * The generation of the job times 256, plus the number of unclaimed chunks. A thread claims a chunk by decrementing the word with
 * compare-and-exchange, which fails for a late thread, because a new job has another generation.
 */
export const STATE = 0;
/** the number of chunks that other threads have completed */
export const DONE = LINE_WORDS;
/** 1 while the main thread waits for DONE to change */
export const WAITING = 2 * LINE_WORDS;
/** incremented to wake sleeping threads */
export const WAKE_UPS = 3 * LINE_WORDS;
/** 1 while a layer's call is in progress: jobs are likely, so threads spin longer before they sleep */
export const EXPECTING = 3 * LINE_WORDS + 1;
/** 1 once a thread has thrown while computing a chunk */
export const FAILED = 4 * LINE_WORDS;
/** the job: index of its entry, address of its task, its range of items, and the number of chunks */
export const ENTRY = 5 * LINE_WORDS;
export const TASK = 5 * LINE_WORDS + 1;
export const BEGIN = 5 * LINE_WORDS + 2;
export const END = 5 * LINE_WORDS + 3;
export const CHUNKS = 5 * LINE_WORDS + 4;

/** The words of each thread begin at `OWN + LINE_WORDS * thread`. */
const OWN = 6 * LINE_WORDS;
/** the address of its workspace */
export const WORKSPACE = 0;
/** 1 while it sleeps */
export const ASLEEP = 1;
/** the number of chunks that it has completed */
export const TAKEN = 2;

/** The index of a word of a thread. */
export const threadWord = (thread: number, word: number) => OWN + LINE_WORDS * thread + word;

/** The most chunks of a job, which STATE counts in eight bits. */
export const MAX_CHUNKS = 255;

/** The size of the control buffer in bytes. */
export const controlBytes = (threads: number) => 4 * threadWord(threads, 0);

/** The first item of a chunk; for `chunk === chunks` the end of the last one. */
export const edgeOf = (begin: number, end: number, chunk: number, chunks: number) =>
  begin + Math.floor(((end - begin) * chunk) / chunks);
