// Snapshots of a layer's parameters, for asynchronous calls.

import { FLOAT_BYTES } from '../core/bytes.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import type { PackedWeights } from '../run/weights.js';
import type { WeightSnapshot } from './async-worker.js';

/** The parameters of a layer at one time. */
interface Frozen {
  /** the value of `PackedWeights.packings` at that time */
  readonly packings: number;
  readonly snapshot: WeightSnapshot;
  /** copies of the parameters if the plan uses Winograd, whose non-finite outputs must be recomputed */
  readonly parameters: Parameters | undefined;
}

const known = new WeakMap<PackedWeights, Frozen>();
let lastId = 0;

/**
 * Packs the current parameters for a plan and returns their snapshot.
 * @throws RangeError if there is not enough memory
 */
export function frozenOf({ engine, plan, weights }: PreparedPlan, parameters: Parameters): Frozen {
  engine.begin();
  try {
    weights.refresh(plan, parameters);
  } finally {
    engine.end();
  }
  const { packings } = weights;
  const found = known.get(weights);
  if (found?.packings === packings) return found;
  const numbers = () => {
    const { address, bytes } = weights;
    if (address < 0 || weights.packings !== packings) return undefined;
    return engine.f32.slice(address / FLOAT_BYTES, (address + bytes) / FLOAT_BYTES);
  };
  const frozen: Frozen = {
    packings,
    snapshot: { id: ++lastId, bytes: weights.bytes, numbers },
    parameters: plan.tile && copyOf(parameters),
  };
  known.set(weights, frozen);
  return frozen;
}

/** Copies parameters. NaN equals no version, so that the runner compares their values with the packed ones. */
function copyOf({ weight, bias }: Parameters): Parameters {
  return { weight: weight.slice(), bias: bias?.slice() ?? null, version: Number.NaN, exposed: true };
}
