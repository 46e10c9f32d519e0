// The messages between the view and its worker.

/** Numbers of float32, the last axis fastest. */
export interface Plane {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: number[];
}

/** Finds the pattern in a picture. */
export interface Search {
  readonly kind: 'search';
  readonly image: Plane;
  readonly template: Plane;
  /** Weights of the pattern's pixels. */
  readonly mask: Plane | null;
  /** The minimum score of a match, and the maximum number of matches. */
  readonly threshold: number;
  readonly most: number;
  /** Whether the scores of all positions are wanted. */
  readonly map: boolean;
}

export interface Found {
  /** Best first; positions are [top, left]. */
  readonly matches: readonly { readonly position: number[]; readonly score: number }[];
  /** A score for every position of the pattern's upper left corner. */
  readonly scores: Plane | null;
  /** The time of the matches alone. */
  readonly milliseconds: number;
}

/** Finds the delay of the second recording. */
export interface Alignment {
  readonly kind: 'align';
  readonly first: Float32Array<ArrayBuffer>;
  readonly second: Float32Array<ArrayBuffer>;
  /** Columns of the curve. */
  readonly columns: number;
  /** Lags this close to the best count as the same peak. */
  readonly peakWidth: number;
}

export interface Aligned {
  /** In samples: `first[i + lag]` corresponds to `second[i]`. */
  readonly lag: number;
  /** The correlation there, divided by the norms of both: 1 for equal recordings. */
  readonly score: number;
  /** The highest elsewhere. */
  readonly elsewhere: number;
  /** The minimum and maximum of each column, from the first lag to the last. */
  readonly curve: { readonly least: Float32Array<ArrayBuffer>; readonly most: Float32Array<ArrayBuffer> };
  readonly lags: readonly [number, number];
  readonly milliseconds: number;
}

export type Job = Search | Alignment;
