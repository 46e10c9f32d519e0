// Compute async: what one call of forwardAsync does once its input is checked and its output is there.

import type { Tensor } from '../core/tensor.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { planInPortions, portionsIn } from '../plan/portions.js';
import type { Epilogue } from '../run/activation.js';
import { alternative } from '../run/alternative.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { copyOfTensor } from '../run/tensors.js';
import { weightLayout } from '../run/weights.js';
import { AsyncCall } from './async-call.js';
import { currentWorkers, hold, letGo } from './async-workers.js';
import { frozenOf } from './weight-snapshots.js';

/** What portions are made for. Tests want smaller ones. */
export const portionSizes = {
  /** microseconds of a portion, at least: to send one takes a tenth of that */
  microseconds: 700,
  /** bytes of its inputs and outputs, about, at most: this thread copies them in one task */
  bytes: 8 << 20,
  /** for each worker, at most: so one that is late holds up nobody for long */
  each: 4,
};

/** The tensors of a call. */
export interface Operands {
  readonly x: Tensor;
  readonly out: Tensor;
  readonly epilogue: Epilogue | undefined;
}

/** Who watches a call. */
export interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly progress: ((share: number) => void) | undefined;
}

/** Computes `out` from `x` with the parameters as they are now. */
export async function computeAsync(
  prepared: PreparedPlan,
  parameters: Parameters,
  { x, out, epilogue }: Operands,
  { signal, progress }: Watch,
): Promise<void> {
  const { engine, plan, weights } = prepared;
  const isOther = alternative.provider?.implementationOf(engine, plan, () => {}) !== undefined;
  const frozen = isOther ? undefined : frozenOf(prepared, parameters);
  if (!frozen || !(weights.isFinite || plan.everyTap)) {
    prepared.run(x, out, parameters, epilogue);
    progress?.(1);
    return;
  }
  const { snapshot } = frozen;
  // should results not be finite, what is added must still be there
  const own = plan.tile && epilogue?.add ? { ...epilogue, add: copyOfTensor(epilogue.add) } : epilogue;
  const call = new AsyncCall({ engine, plan: portionsOf(plan), snapshot, x, out, epilogue: own, progress });
  const abort = () => call.stop(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    hold(snapshot.id);
    if (await call.run()) return;
  } finally {
    signal?.removeEventListener('abort', abort);
    letGo(snapshot.id);
  }
  // a transform spreads what is not finite over a tile, and which outputs are computed again hangs together with the plan's own blocks
  prepared.run(x, out, frozen.parameters!, own);
  progress?.(1);
}

/** A plan in as many portions as were wanted last. */
const inPortions = new WeakMap<Plan, { readonly wanted: number; readonly portions: Plan }>();

/** The plan in as many portions as suit the workers. */
function portionsOf(plan: Plan): Plan {
  const { loaded, target } = plan.bytes;
  const byWork = Math.min(
    portionSizes.each * currentWorkers().length,
    Math.floor(microsecondsOfPlan(plan) / portionSizes.microseconds),
  );
  const byBytes = Math.ceil(((loaded + target) * portionsIn(plan)) / portionSizes.bytes);
  const wanted = Math.max(1, byWork, byBytes);
  const known = inPortions.get(plan);
  if (known?.wanted === wanted) return known.portions;
  const layout = weightLayout(plan);
  const portions = planInPortions(plan, wanted, (other) => weightLayout(other) === layout);
  inPortions.set(plan, { wanted, portions });
  return portions;
}
