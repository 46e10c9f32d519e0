// Propagate: one walk over a record from its result to the parameters.

import { refuse } from '../../core/errors.js';
import type { Tensor } from '../../core/tensor.js';
import { Parameter } from '../../layers/parameter.js';
import { addTo, addToGrad } from '../tensors/accumulate.js';
import { viewOf } from '../tensors/intermediate.js';
import { ReferenceCounts, temporary } from '../tensors/temporary.js';
import { unrecorded } from './active.js';
import { Node, type Source } from './node.js';
import type { Tape } from './tape.js';

const where = () => 'backward';

/**
 * Adds the gradients of what leads to a source to the parameters' `grad`.
 * @throws RangeError for what was changed, before anything is added
 */
export function propagate(tape: Tape, from: Source, gradOutput: Tensor): void {
  tape.guards.check();
  const sums = new Sums();
  sums.add(from, gradOutput, false);
  try {
    unrecorded(() => {
      walk(tape, sums);
    });
  } finally {
    sums.giveBack();
  }
}

/** Walks back over a tape. An operation stands behind those that its inputs come from. */
function walk(tape: Tape, sums: Sums): void {
  for (let index = tape.nodes.length - 1; index >= 0; index--) {
    const node = tape.nodes[index];
    const gradient = sums.take(node);
    if (!gradient) continue;
    const { operation, sources } = node;
    const gradients = operation.gradients(
      gradient,
      sources.map((source) => source !== undefined),
    );
    sources.forEach((source, input) => {
      const one = gradients[input];
      if (source && one) sums.add(source, one, operation.givesNew);
    });
    sums.done(gradient);
  }
}

/** Everything that leads to these sources. */
function reachedFrom(sources: Iterable<Source | undefined>): Set<Source | undefined> {
  const reached = new Set(sources);
  // a set goes on to what is added while it is walked
  for (const one of reached) {
    if (one instanceof Node) for (const next of one.sources) reached.add(next);
  }
  return reached;
}

/**
 * @param from where the result comes from, if from anything that was recorded
 * @throws RangeError for a recorded parameter that is not reached, unless `detach` says that this is meant
 */
export function checkUsed({ nodes, detached }: Tape, from: Source | undefined): void {
  const reached = reachedFrom([from, ...detached]);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    const lost = node.sources.find((source) => source instanceof Parameter && !reached.has(source));
    if (lost)
      refuse(
        where,
        `the result does not lead back to ${node.operation.name()}, which has parameters to be trained. A plain loop over a tensor's ` +
          'numbers cuts the chain: use custom(output, inputs, gradients) for it. If it is meant, detach() what ends there, or say ' +
          'backward(gradOutput, { allowUnused: true })',
      );
  }
}

/** Gradients that wait until they are complete, added up where several operations use one tensor. */
class Sums {
  readonly #sums = new Map<Node, { gradient: Tensor; isNew: boolean }>();
  readonly #references = new ReferenceCounts();

  /**
   * Adds to the gradient of a source: a parameter's at once.
   * @param isNew whether nobody else holds the tensor, so that it may be written into
   */
  add(source: Source, gradient: Tensor, isNew: boolean): void {
    this.#references.retain(gradient);
    if (source instanceof Parameter) {
      addToGrad(source, gradient, isNew);
      this.#references.release(gradient);
      return;
    }
    const sum = this.#sums.get(source);
    if (!sum) {
      this.#sums.set(source, { gradient, isNew });
      return;
    }
    if (!sum.isNew) {
      const copy = temporary(sum.gradient.shape);
      viewOf(copy).set(viewOf(sum.gradient));
      this.#references.retain(copy);
      this.#references.release(sum.gradient);
      sum.gradient = copy;
      sum.isNew = true;
    }
    addTo(viewOf(sum.gradient), viewOf(gradient));
    this.#references.release(gradient);
  }

  /** The gradient of a node's output, which is complete. */
  take(node: Node): Tensor | undefined {
    const sum = this.#sums.get(node);
    this.#sums.delete(node);
    return sum?.gradient;
  }

  /** What was taken was used. */
  done(gradient: Tensor): void {
    this.#references.release(gradient);
  }

  /** Gives everything back, also where an operation threw. */
  giveBack(): void {
    this.#references.releaseAll();
  }
}
