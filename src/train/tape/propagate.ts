// Backpropagation over a tape: from the result to the parameters.

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
 * Accumulates the gradients of all parameters that a source depends on in their `grad`.
 * @throws RangeError if a saved tensor was modified; then nothing is accumulated
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

/** Walks the tape backwards. Nodes are in topological order, because an operation is recorded after its inputs. */
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

/** All nodes and parameters that these sources depend on, including themselves. */
function reachedFrom(sources: Iterable<Source | undefined>): Set<Source | undefined> {
  const reached = new Set(sources);
  // iterating over a Set also visits the elements that are added meanwhile
  for (const one of reached) {
    if (one instanceof Node) for (const next of one.sources) reached.add(next);
  }
  return reached;
}

/**
 * Checks that the result depends on all recorded parameters, except those cut off by `detach`.
 * @param from the origin of the result; undefined if it was not recorded
 * @throws RangeError for a parameter that the result does not depend on
 */
export function checkUsed({ nodes, detached }: Tape, from: Source | undefined): void {
  const reached = reachedFrom([from, ...detached]);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    const lost = node.sources.find((source) => source instanceof Parameter && !reached.has(source));
    if (lost)
      refuse(
        where,
        `the result does not depend on ${node.operation.name()}, which has parameters to be trained. No gradient flows through a plain ` +
          "loop over a tensor's data: use custom(output, inputs, gradients) for it. If this is intended, detach() that tensor, or call " +
          'backward(gradOutput, { allowUnused: true })',
      );
  }
}

/** The gradients of nodes that have not been processed yet, summed over all operations that use a node's output. */
class Sums {
  readonly #sums = new Map<Node, { gradient: Tensor; isNew: boolean }>();
  readonly #references = new ReferenceCounts();

  /**
   * Adds to the gradient of a source. A parameter's goes to its `grad` immediately.
   * @param isNew whether the gradient is not referenced elsewhere, so that it may be modified
   */
  add(source: Source, gradient: Tensor, isNew: boolean): void {
    this.#references.retain(gradient);
    if (source instanceof Parameter) {
      // it may have been frozen after it was recorded
      if (source.requiresGrad) addToGrad(source, gradient, isNew);
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

  /** Removes and returns the gradient of a node's output, once it is complete. */
  take(node: Node): Tensor | undefined {
    const sum = this.#sums.get(node);
    this.#sums.delete(node);
    return sum?.gradient;
  }

  /** Releases a gradient that `take` returned. */
  done(gradient: Tensor): void {
    this.#references.release(gradient);
  }

  /** Releases all gradients, even after an error. */
  giveBack(): void {
    this.#references.releaseAll();
  }
}
