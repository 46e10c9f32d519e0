// From when on a runtime is too slow to be asked often, in milliseconds for a call.

/** Timed once, and not again by other processes. */
export const SLOW = 400;
/** Not even repeated after the check of its result. */
export const VERY_SLOW = 1500;
