import { sums } from '../sums/sums.js';

export const matchTemplate = sums;
