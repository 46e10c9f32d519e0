// Preference: what a caller may ask of the choice. The public types are here, so that layers' types don't lead into the plans.

import type { Where } from '../core/errors.js';

/** Names of the rows of the layers' table. */
export type AlgorithmName = 'inside' | 'depthwise' | 'winograd' | 'direct' | 'gemm';

/** Whether to use Winograd's algorithm where it is faster ('auto'), or always direct sums ('never'). */
export type Winograd = 'auto' | 'never';

/** What a caller asks of the choice. */
export interface Preference {
  /** this row and no other */
  readonly algorithm?: AlgorithmName | undefined;
  /** the layer or function that names the row, for the error if the row can't compute this */
  readonly where?: Where | undefined;
  /** 'never' leaves the row `winograd` out */
  readonly winograd?: Winograd | undefined;
  /** kernel elements that only meet the zeros of padding are multiplied too */
  readonly everyTap?: boolean;
  /** whether classes of outputs share a window wherever they can; by default those of a transform do, and others where that is cheap */
  readonly sharedStart?: boolean;
}
