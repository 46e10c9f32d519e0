// The time per call in milliseconds above which a runtime is measured less often.

/** Timed once, and not again by other processes. */
export const SLOW = 400;
/** Not even repeated after the check of its result. */
export const VERY_SLOW = 1500;
