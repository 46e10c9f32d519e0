// Control: the words by which the threads of a pool agree on who does what. They lie in a shared buffer of their own, words that different
// threads write on cache lines of their own.

/** Words of a cache line. */
const LINE = 16;

/**
 * The job: its generation times 256, plus the chunks that nobody has taken yet. Whoever lowers it by one has taken a chunk. A thread that
 * looked before the job was over and comes late takes nothing, as the generation is another by then.
 */
export const STATE = 0;
/** chunks that other threads have done */
export const DONE = LINE;
/** 1 while the main thread sleeps until DONE changes */
export const WAITING = 2 * LINE;
/** counts how often sleepers were woken */
export const WAKE_UPS = 3 * LINE;
/** 1 from the beginning of a call of a layer to its end, while jobs may be near: sleep later */
export const EXPECTING = 3 * LINE + 1;
/** 1 once a thread threw in the midst of a chunk */
export const FAILED = 4 * LINE;
/** what the job is: the number of its entry, the address of its task, its items, and into how many chunks they are cut */
export const ENTRY = 5 * LINE;
export const TASK = 5 * LINE + 1;
export const BEGIN = 5 * LINE + 2;
export const END = 5 * LINE + 3;
export const CHUNKS = 5 * LINE + 4;

/** The words of one thread, from `OWN + LINE * number` on. */
export const OWN = 6 * LINE;
/** the address of its workspace */
export const WORKSPACE = 0;
/** 1 while it sleeps */
export const ASLEEP = 1;
/** chunks that it has done */
export const TAKEN = 2;

/** The word of a thread. */
export const wordOf = (thread: number, word: number) => OWN + LINE * thread + word;

/** Chunks of a job at most. */
export const MOST_CHUNKS = 255;

/** Bytes of the control words of a pool. */
export const controlBytes = (threads: number) => 4 * wordOf(threads, 0);

/** The first item of a chunk, or the end of the last. */
export const edgeOf = (begin: number, end: number, chunk: number, chunks: number) =>
  begin + Math.floor(((end - begin) * chunk) / chunks);
