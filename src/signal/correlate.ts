import { sums } from '../sums/sums.js';

export const correlate = sums;
