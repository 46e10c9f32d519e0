// The search that is shown, as code.

export interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly masked: boolean;
  readonly threshold: number;
}

export function convndCode({ width, height, masked, threshold }: Wanted): string {
  return `import { findMatches } from 'convnd/match';

// picture: { data, shape: [height, width] }, coin: { data, shape: [${height}, ${width}] }
const matches = findMatches(picture, coin, { threshold: ${threshold}${masked ? ', mask' : ''} });
for (const { position: [y, x], score } of matches) console.log(x, y, score);`;
}

export function opencvCode({ masked, threshold }: Wanted): string {
  return `import cv2, numpy as np

scores = cv2.matchTemplate(picture, coin, cv2.TM_CCOEFF_NORMED${masked ? ', mask=mask' : ''})
ys, xs = np.nonzero(scores >= ${threshold})  # many places for each coin`;
}
