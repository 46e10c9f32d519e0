// The regression losses of torch.nn.functional: mseLoss, l1Loss, smoothL1Loss, huberLoss.

import { optionsObject } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import { type Pointwise, pointwiseLoss } from './pointwise-loss.js';
import type { LossOptions } from './reduction.js';

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** the difference at which the loss changes from quadratic to linear; default 1. With 0 it is `l1Loss` */
  beta?: number | undefined;
}

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** the difference at which the loss changes from quadratic to linear; default 1 */
  delta?: number | undefined;
}

const MSE: Pointwise = {
  name: 'mse_loss',
  values(d, to) {
    for (let i = 0; i < to.length; i++) to[i] = d[i] * d[i];
  },
  slopes(d, to) {
    for (let i = 0; i < to.length; i++) to[i] = 2 * d[i];
  },
};

const L1: Pointwise = {
  name: 'l1_loss',
  values(d, to) {
    for (let i = 0; i < to.length; i++) to[i] = Math.abs(d[i]);
  },
  slopes(d, to) {
    for (let i = 0; i < to.length; i++) to[i] = Math.sign(d[i]);
  },
};

/**
 * The mean squared error. Computed in float64 and rounded once.
 * @param input the prediction
 * @param target the target, of the same shape. Another shape is broadcast, with torch's warning on the console
 * @param options.reduction 'mean' (default), 'sum' or 'none'
 * @returns a tensor of shape [], or of the input's shape with reduction 'none'
 * @throws RangeError for mismatched shapes and unknown reductions, TypeError for anything but tensors, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 * @example
 * import { mseLoss } from 'convnd/train';
 * console.log(mseLoss([1, 2, 3], [1, 1, 1]).data[0].toFixed(4)); // 1.6667
 */
export function mseLoss(input: TensorLike, target: TensorLike, options?: LossOptions): Tensor {
  optionsObject(options, ['reduction'], () => MSE.name);
  return pointwiseLoss(input, target, options, MSE);
}

/**
 * The mean absolute error. Computed in float64 and rounded once.
 * @param input the prediction
 * @param target the target, of the same shape
 * @param options.reduction 'mean' (default), 'sum' or 'none'
 * @returns a tensor of shape [], or of the input's shape with reduction 'none'
 * @throws RangeError for mismatched shapes and unknown reductions, TypeError for anything but tensors, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 * @example
 * import { l1Loss } from 'convnd/train';
 * console.log(l1Loss([1, 2, 3], [1, 1, 1]).data.join()); // 1
 */
export function l1Loss(input: TensorLike, target: TensorLike, options?: LossOptions): Tensor {
  optionsObject(options, ['reduction'], () => L1.name);
  return pointwiseLoss(input, target, options, L1);
}

/**
 * The smooth L1 loss, the mean of d² / (2 beta) for differences |d| < beta and of |d| - beta / 2 for the others. Computed in float64 and
 * rounded once.
 * @param input the prediction
 * @param target the target, of the same shape
 * @param options.beta the difference at which the loss becomes linear; default 1
 * @param options.reduction 'mean' (default), 'sum' or 'none'
 * @returns a tensor of shape [], or of the input's shape with reduction 'none'
 * @throws RangeError for mismatched shapes, unknown reductions and a negative beta, TypeError for wrong types, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 * @example
 * import { smoothL1Loss } from 'convnd/train';
 * console.log(smoothL1Loss([0.5, 3], [0, 0], { reduction: 'none' }).data.join()); // 0.125,2.5
 */
export function smoothL1Loss(input: TensorLike, target: TensorLike, options?: SmoothL1Options): Tensor {
  const where = () => 'smooth_l1_loss';
  optionsObject(options, ['reduction', 'beta'], where);
  const beta = numberOf(options?.beta ?? 1, 'beta', where);
  if (beta < 0) refuse(where, 'smooth_l1_loss does not support negative values for beta.');
  if (beta === 0) return pointwiseLoss(input, target, options, { ...L1, name: where() });
  return pointwiseLoss(input, target, options, {
    name: where(),
    values(d, to) {
      for (let i = 0; i < to.length; i++) {
        const size = Math.abs(d[i]);
        to[i] = size < beta ? (0.5 * size * size) / beta : size - 0.5 * beta;
      }
    },
    slopes(d, to) {
      for (let i = 0; i < to.length; i++) to[i] = Math.abs(d[i]) < beta ? d[i] / beta : Math.sign(d[i]);
    },
  });
}

/**
 * The Huber loss, the mean of d² / 2 for differences |d| <= delta and of delta · (|d| - delta / 2) for the others. Computed in float64
 * and rounded once.
 * @param input the prediction
 * @param target the target, of the same shape
 * @param options.delta the difference at which the loss becomes linear; default 1
 * @param options.reduction 'mean' (default), 'sum' or 'none'
 * @returns a tensor of shape [], or of the input's shape with reduction 'none'
 * @throws RangeError for mismatched shapes, unknown reductions and delta <= 0, TypeError for wrong types, with torch's message
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 * @example
 * import { huberLoss } from 'convnd/train';
 * console.log(huberLoss([0.5, 3], [0, 0], { delta: 2, reduction: 'none' }).data.join()); // 0.125,4
 */
export function huberLoss(input: TensorLike, target: TensorLike, options?: HuberOptions): Tensor {
  const where = () => 'huber_loss';
  optionsObject(options, ['reduction', 'delta'], where);
  const delta = numberOf(options?.delta ?? 1, 'delta', where);
  if (delta <= 0) refuse(where, 'huber_loss does not support non-positive values for delta.');
  return pointwiseLoss(input, target, options, {
    name: where(),
    values(d, to) {
      for (let i = 0; i < to.length; i++) {
        const size = Math.abs(d[i]);
        to[i] = size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
      }
    },
    slopes(d, to) {
      for (let i = 0; i < to.length; i++) to[i] = Math.abs(d[i]) <= delta ? d[i] : delta * Math.sign(d[i]);
    },
  });
}

function numberOf(value: unknown, name: string, where: Where): number {
  if (typeof value !== 'number' || Number.isNaN(value))
    refuseKind(where, `${name} must be a number, but got ${describe(value)}`);
  return value;
}
