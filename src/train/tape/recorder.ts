// CallRecorder: records the calls of layers and functionals on a tape.

import type { Where } from '../../core/errors.js';
import { refuse } from '../../core/errors.js';
import type { Shape, Tensor, TensorLike } from '../../core/tensor.js';
import type { Layer } from '../../layers/layer.js';
import type { CopyingCall, FunctionalCall, Recorder, WindowsCall } from '../../layers/recording.js';
import { Intermediate } from '../tensors/intermediate.js';
import { active } from './active.js';
import { recordFunctional, recordLayer } from './convolutions.js';
import type { Tape } from './tape.js';
import { recordCopying, recordWindows } from './windows.js';

/** The recorder that is installed while a tape records. */
export class CallRecorder implements Recorder {
  readonly #tape: Tape;

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  newOutput(shape: Shape, where: Where): Tensor {
    return this.#tape.newOutput(shape, where);
  }

  layerCalled(
    layer: object,
    x: TensorLike,
    input: Tensor,
    output: Tensor,
    options: object | undefined,
  ): void {
    recordLayer(this.#tape, layer as Layer, x, input, output, options);
  }

  functionalCalled(call: FunctionalCall): void {
    recordFunctional(this.#tape, call);
  }

  windowsCalled(call: WindowsCall): void {
    recordWindows(this.#tape, call);
  }

  copyingCalled(call: CopyingCall): void {
    recordCopying(this.#tape, call);
  }
}

/**
 * Checks the `out` of any call.
 * @throws RangeError inside `record`, and for a tensor computed inside `record`, which must not be overwritten
 */
export function checkOut(out: Tensor, where: Where): void {
  if (active.tape || (out instanceof Intermediate && !out.isRead))
    refuse(where, "out: functions with out=... arguments don't support automatic differentiation");
}
