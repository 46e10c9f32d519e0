// phaseCrossCorrelation: the shift between two arrays, like scikit-image's function.

import { flag, optionsObject } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { sameShape } from '../../core/tensor.js';
import { asSamples, type SamplesLike } from '../../sums/samples.js';
import { inverseRealDft } from '../dft/dft.js';
import type { MaskLike } from '../mask.js';
import { checkRanks, maskedSamples } from '../masked/cross-correlate-masked.js';
import { type MaskedSamples, maskedMap } from '../masked/map.js';
import { between, overlapOf } from '../options.js';
import { elementOf, positionOf } from '../positions.js';
import { disambiguated } from './periods.js';
import { correlationAround } from './refine.js';
import { Pair } from './spectrum.js';

/** Options of `phaseCrossCorrelation`. */
export interface PhaseCrossCorrelationOptions {
  /** the resolution of the shift is 1 / upsampleFactor of an element; default 1 */
  readonly upsampleFactor?: number | undefined;
  /** 'phase' (default) gives all frequencies the same weight; null weights them by their power, a plain cross-correlation */
  readonly normalization?: 'phase' | null | undefined;
  /** a mask with the reference's shape; 0 or false excludes an element */
  readonly referenceMask?: MaskLike | null | undefined;
  /** the same for `moving`; default `referenceMask` */
  readonly movingMask?: MaskLike | null | undefined;
  /** with masks: the smallest overlap of a shift, as a share of the largest overlap; default 0.3 */
  readonly overlapRatio?: number | undefined;
  /** distinguish shifts that differ by the size of the arrays; default false */
  readonly disambiguate?: boolean | undefined;
}

/** The largest upsampleFactor: at finer steps, float64 cannot distinguish two heights of the peak. */
const MOST_UPSAMPLED = 1e6;

/** The finest grid that is searched at once, in steps per element. Finer grids are searched in stages: a peak is about one element wide. */
const MOST_AT_ONCE = 256;

/** Coefficients that differ by less than this count as equal, because both are rounded. */
const SAME = 1e-9;

/** How much finer each further stage is. */
const FINER = 32;

/** What `phaseCrossCorrelation` finds. */
export interface Registration {
  /** the shift that moves `moving` onto the reference, with an element for each axis */
  readonly shift: number[];
  /**
   * the square root of the fraction of the reference's energy that no multiple of the shifted array explains, from 0 (equal) to 1. With masks
   * √(1 - score²)
   */
  readonly error: number;
  /** the phase of the peak in radians: 0 for equal real arrays, ±π if one is the negative of the other; 0 with masks */
  readonly phaseDiff: number;
  /**
   * the height of the peak: 1 if one array is a circular shift of the other. With 'phase', frequencies that neither has count as 0: two equal
   * pictures that are constant along an axis of 10 elements have score 0.1. With masks the correlation coefficient
   */
  readonly score: number;
}

const known = [
  'upsampleFactor',
  'normalization',
  'referenceMask',
  'movingMask',
  'overlapRatio',
  'disambiguate',
];

/**
 * Finds the shift that aligns `moving` with `reference`, as skimage.registration.phase_cross_correlation: the maximum of their phase
 * correlation, with subpixel resolution by `upsampleFactor`. The arrays are treated as periodic, so the shift is ambiguous up to their size
 * (`disambiguate`). With masks it is the maximum of the correlation coefficient over the elements that both masks include. Then nothing is
 * periodic, sizes may differ, and the shift is the position of `moving`'s first element in the reference.
 *
 * @param reference any number of axes
 * @param moving of the same shape, or any with masks
 * @param options upsampleFactor: parts of a pixel; normalization, disambiguate; masks and overlapRatio
 * @returns the shift in elements along each axis, and its error and score
 * @throws RangeError for other sizes, a NaN or an Infinity, options out of range or incompatible with masks; TypeError for invalid types
 * @see https://scikit-image.org/docs/stable/api/skimage.registration.html#skimage.registration.phase_cross_correlation
 * @example
 * import { phaseCrossCorrelation } from 'convnd/match';
 * const reference = [0, 0, 1, 5, 2, 0, 0, 0];
 * const moving = [0, 0, 0, 0, 1, 5, 2, 0];
 * const { shift, score } = phaseCrossCorrelation(reference, moving);
 * console.log(shift, score.toFixed(3)); // [ -2 ] 1.000
 */
export function phaseCrossCorrelation(
  reference: SamplesLike,
  moving: SamplesLike,
  options?: PhaseCrossCorrelationOptions,
): Registration {
  const name: Where = () => 'phaseCrossCorrelation';
  optionsObject(options, known, name);
  const {
    referenceMask = null,
    movingMask = null,
    upsampleFactor = 1,
    normalization = 'phase',
    disambiguate = false,
    overlapRatio,
  } = options ?? {};
  if (referenceMask === null && movingMask !== null)
    refuse(name, 'movingMask requires a referenceMask; a mask of ones excludes nothing');
  const first = maskedSamples(reference, referenceMask, 'reference', 'referenceMask', name);
  const both = referenceMask !== null && movingMask === null;
  if (both && !sameShape(first.shape, asSamples(moving, 'float64', 'moving', name).shape))
    refuse(name, 'reference and moving have different shapes, so movingMask must be given too');
  const second = maskedSamples(moving, both ? referenceMask : movingMask, 'moving', 'movingMask', name);
  const where: Where = () =>
    `${name()} of reference ${describe(first.shape)}, moving ${describe(second.shape)}`;
  checkRanks(first, second, 'reference', 'moving', where);
  if (referenceMask !== null) {
    if (upsampleFactor !== 1 || normalization !== 'phase' || disambiguate) {
      refuse(
        where,
        'upsampleFactor, normalization and disambiguate are not supported with masks, where shifts are integers found by the correlation coefficient',
      );
    }
    return registerMasked(first, second, overlapOf(overlapRatio, 'overlapRatio', where), where);
  }
  if (!sameShape(first.shape, second.shape))
    refuse(where, 'reference and moving must have the same shape if there are no masks');
  if (overlapRatio !== undefined) refuse(where, 'overlapRatio requires masks');
  between(upsampleFactor, 1, MOST_UPSAMPLED, 'upsampleFactor', where);
  if (normalization !== 'phase' && normalization !== null)
    refuseKind(where, `normalization must be 'phase' or null, but got ${describe(normalization)}`);
  flag(disambiguate, 'disambiguate', where);
  return register(first, second, upsampleFactor, normalization === 'phase', disambiguate);
}

function register(
  reference: MaskedSamples,
  moving: MaskedSamples,
  upsampleFactor: number,
  isPhase: boolean,
  disambiguate: boolean,
): Registration {
  const { shape } = reference;
  const pair = new Pair(reference, moving);
  const n = shape[shape.length - 1];
  // half of the spectrum of real numbers determines the other; the subpixel search needs all of it again, and the inverse transform
  // overwrites it
  const kept = upsampleFactor === 1 ? (n >> 1) + 1 : n;
  const power = pair.crossPower(isPhase, kept);
  // the means add one constant to all heights, which would hide small differences
  const constant = power.re[0];
  power.re[0] = 0;
  const spare = upsampleFactor === 1 ? power : { re: power.re.slice(), im: power.im.slice() };
  let peak = peakOf({ re: inverseRealDft(spare, shape, kept) }, shape, constant);
  // half of an even size stays positive
  let shift = peak.place.map((at, axis) => (at > shape[axis] >> 1 ? at - shape[axis] : at));
  if (upsampleFactor !== 1) {
    // the shift in steps of 1 / upsampleFactor; each stage of the search visits every `skip`-th of them
    let parts = shift.map((part) => Math.round(part * upsampleFactor));
    let skip = 1;
    while (upsampleFactor / skip > MOST_AT_ONCE) skip *= FINER;
    let half = Math.ceil((1.5 * upsampleFactor) / skip) >> 1;
    for (; skip >= 1; skip /= FINER, half = FINER) {
      const region = { factor: upsampleFactor / skip, half };
      const centre = parts.map((part) => part / upsampleFactor);
      const sizes = shape.map(() => 2 * half + 1);
      peak = peakOf(correlationAround(power, shape, centre, region), sizes, constant, half);
      parts = parts.map((part, axis) => part + skip * (peak.place[axis] - half));
    }
    shift = parts.map((part) => part / upsampleFactor);
  }
  const most = isPhase ? 1 : Math.sqrt(pair.first.wholeEnergy * pair.second.wholeEnergy);
  const score = peak.height === 0 ? 0 : peak.height / most / product(shape);
  const moved = pair.moved(shift);
  return {
    shift: disambiguate ? disambiguated(pair, moved.re, shift) : shift,
    error: pair.error(moved),
    phaseDiff: peak.phase,
    score: Math.min(1, score),
  };
}

function registerMasked(
  reference: MaskedSamples,
  moving: MaskedSamples,
  overlapRatio: number,
  where: Where,
): Registration {
  const { scores, overlaps, shape } = maskedMap(moving, reference, overlapRatio, 'full', where);
  let best = 0;
  for (let o = 1; o < scores.length; o++) {
    // of scores that are equal up to rounding, the one with the largest overlap
    const gain = scores[o] - scores[best];
    if (gain > SAME || (gain >= -SAME && overlaps[o] > overlaps[best])) best = o;
  }
  const score = scores[best];
  const place = positionOf(best, shape);
  const shift = place.map((at, axis) => (score === 0 ? 0 : reference.shape[axis] - 1 - at));
  return { shift, error: Math.sqrt(1 - score * score), phaseDiff: 0, score };
}

/**
 * The first element that has the largest magnitude after `constant` is added, up to rounding. Along an axis where the magnitude does not
 * differ, `middle` is preferred: arrays that are constant along an axis have no shift there.
 */
function peakOf(
  { re, im }: { readonly re: Float64Array; readonly im?: Float64Array },
  shape: readonly number[],
  constant: number,
  middle = 0,
): { place: number[]; height: number; phase: number } {
  // less constant²
  const squareOf = (i: number) => re[i] * (re[i] + 2 * constant) + (im ? im[i] * im[i] : 0);
  let best = 0;
  let rounding = 0;
  for (let i = 0, highest = Number.NEGATIVE_INFINITY; i < re.length; i++) {
    const squared = squareOf(i);
    if (squared <= highest + rounding) continue;
    best = i;
    highest = squared;
    rounding = 1e-12 * Math.abs(squared);
  }
  const place = positionOf(best, shape);
  place.forEach((at, axis) => {
    place[axis] = middle;
    if (squareOf(elementOf(place, shape)) + rounding < squareOf(best)) place[axis] = at;
  });
  const [real, imaginary] = [re[best] + constant, im ? im[best] : 0];
  return { place, height: Math.hypot(real, imaginary), phase: Math.atan2(imaginary, real) };
}
