// The number of threads for each runtime, from the command line. It is set before any runtime starts.

export const allowed = { threads: 1 };

/** @returns `one thread`, or `2 threads` */
export const inWords = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`);
