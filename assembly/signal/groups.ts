// Entries of the tables of groups and levels, whose layout is in rows.ts.

/** Bytes of an entry. */
export const ENTRY: usize = 16;
