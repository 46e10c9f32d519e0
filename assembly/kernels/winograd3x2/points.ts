// winograd3x2/points

/** 2 G, rows of three: the last is never met. */
export const G3x2: usize = memory.data<i16>([2, 0, 0, 1, 1, 0, 1, -1, 0, 0, 2, 0]);
