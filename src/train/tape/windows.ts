// Records calls of pooling, unfold and fold as operations with gradients.

import type { CopyingCall, WindowsCall } from '../../layers/recording.js';
import { spreadToLargest } from '../gradients/max-pool.js';
import { spread } from '../gradients/windows.js';
import { gapless } from '../tensors/gapless.js';
import { viewOf } from '../tensors/intermediate.js';
import { temporary } from '../tensors/temporary.js';
import type { Tape } from './tape.js';

/** Records a call of a pooling function. */
export function recordWindows(tape: Tape, { name, x, input, output, isMax, maps, axes }: WindowsCall): void {
  tape.record({
    ...{ name, inputs: [x], output, givesNew: true },
    saved: () => (isMax ? [input] : []),
    gradients: (gradOutput) => {
      const gradient = temporary(input.shape);
      if (!isMax) spread(axes, maps, viewOf(gradOutput), viewOf(gradient));
      else
        gapless([input], (dense) => {
          spreadToLargest(axes, maps, viewOf(dense), viewOf(gradOutput), viewOf(gradient));
        });
      return [gradient];
    },
  });
}

/** Records a call of unfold or fold. */
export function recordCopying(tape: Tape, { name, x, input, output, adjoint }: CopyingCall): void {
  tape.record({
    ...{ name, inputs: [x], output, givesNew: true },
    saved: () => [],
    gradients: (gradOutput) => {
      const gradient = temporary(input.shape);
      const to = viewOf(gradient);
      const sums = new Float64Array(to.length);
      adjoint(viewOf(gradOutput), sums);
      to.set(sums);
      return [gradient];
    },
  });
}
