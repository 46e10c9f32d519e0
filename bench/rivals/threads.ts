// The number of threads for each runtime, from the command line; set before any runtime is started.

export const allowed = { threads: 1 };

/** @returns `one thread`, or `2 threads` */
export const inWords = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`);
