// Limits of the time per call, in milliseconds, above which a runtime is measured less often.

/** Above this, a runtime is measured once, in one process. */
export const SLOW = 400;
/** Above this, only the call that checks the result is timed. */
export const VERY_SLOW = 1500;
