// What the view asks of its worker, and what it gets.

/** Numbers of float32, the last axis fastest. */
export interface Plane {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: number[];
}

/** Where in a picture is something like the pattern? */
export interface Search {
  readonly kind: 'search';
  readonly image: Plane;
  readonly template: Plane;
  /** Weights of the pattern's pixels. */
  readonly mask: Plane | null;
  /** The lowest score of a match, and how many of the best. */
  readonly threshold: number;
  readonly most: number;
  /** Whether the scores of all places are wanted. */
  readonly map: boolean;
}

export interface Found {
  /** Best first; positions are [top, left]. */
  readonly matches: readonly { readonly position: number[]; readonly score: number }[];
  /** A score for every place of the pattern's upper left corner. */
  readonly scores: Plane | null;
  /** What the matches alone took. */
  readonly milliseconds: number;
}

/** How much later did the second recording begin? */
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
  /** Samples: `first[i + lag]` is heard with `second[i]`. */
  readonly lag: number;
  /** The correlation there, over the norms of both: 1 for equal recordings. */
  readonly score: number;
  /** The highest anywhere else. */
  readonly elsewhere: number;
  /** The lowest and the highest of each column, from the first lag to the last. */
  readonly curve: { readonly least: Float32Array<ArrayBuffer>; readonly most: Float32Array<ArrayBuffer> };
  readonly lags: readonly [number, number];
  readonly milliseconds: number;
}

export type Job = Search | Alignment;
