// Preference: what a caller may want of the choice. Public types stand here, so that theirs don't lead into the plans.

/** Names of the rows of the layers' table. */
export type AlgorithmName = 'depthwise' | 'winograd' | 'direct' | 'gemm';

/** Whether to use Winograd's algorithm where it is faster ('auto'), or always direct sums ('never'). */
export type Winograd = 'auto' | 'never';

/** What a caller wants of the choice. */
export interface Preference {
  /** this row and no other */
  readonly algorithm?: AlgorithmName | undefined;
  /** 'never' leaves the row `winograd` out */
  readonly winograd?: Winograd | undefined;
  /** kernel elements that only meet zeros of padding are multiplied too */
  readonly everyTap?: boolean;
  /** whether classes of outputs share what they read wherever they can, as those of a transform do; else where that is cheap */
  readonly sharedStart?: boolean;
}
