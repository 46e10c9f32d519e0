// Groups: entries of the table whose form rows.ts has.

/** Bytes of an entry, of groups and of levels. */
export const ENTRY: usize = 16;
