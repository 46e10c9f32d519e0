// How many threads each runtime may take: what the command was given, set before any of them starts.

export const allowed = { threads: 1 };

/** @returns `one thread`, or `2 threads` */
export const inWords = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`);
