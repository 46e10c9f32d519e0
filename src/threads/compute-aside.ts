// Compute aside: what one call of forwardAsync does once its input is checked and its output is there.

import type { Tensor } from '../core/tensor.js';
import { microsecondsOfPlan } from '../plan/microseconds.js';
import { piecesIn, planInPieces } from '../plan/pieces.js';
import type { Plan } from '../plan/plan.js';
import type { Beside } from '../run/activation.js';
import { alternative } from '../run/alternative.js';
import type { Parameters } from '../run/parameters.js';
import type { PreparedPlan } from '../run/prepared-plan.js';
import { weightLayout } from '../run/weights.js';
import { AsyncCall } from './async-call.js';
import { currentHelpers, hold, letGo } from './helpers.js';
import { frozenOf } from './sheets.js';

/** What pieces are made for. Tests want smaller ones. */
export const pieceSizes = {
  /** microseconds of a piece, at least: to send one takes a tenth of that */
  microseconds: 700,
  /** bytes of its inputs and outputs, about, at most: this thread copies them in one task */
  bytes: 8 << 20,
  /** for each helper, at most: so one that is late holds up nobody for long */
  each: 4,
};

/** The tensors of a call. */
export interface Operands {
  readonly x: Tensor;
  readonly out: Tensor;
  readonly beside: Beside | undefined;
}

/** Who watches a call. */
export interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly progress: ((share: number) => void) | undefined;
}

/** Computes `out` from `x` with the parameters as they are now. */
export async function computeAside(
  prepared: PreparedPlan,
  parameters: Parameters,
  { x, out, beside }: Operands,
  { signal, progress }: Watch,
): Promise<void> {
  const { engine, plan, weights } = prepared;
  const isOther = alternative.current?.of(engine, plan, () => {}) !== undefined;
  const frozen = isOther ? undefined : frozenOf(prepared, parameters);
  if (!frozen || !(weights.isFinite || plan.everyTap)) {
    prepared.run(x, out, parameters, beside);
    progress?.(1);
    return;
  }
  const { sheet } = frozen;
  // should results not be finite, what is added must still be there
  const own = plan.tile && beside?.add ? { ...beside, add: copyOf(beside.add) } : beside;
  hold(sheet.id);
  const call = new AsyncCall({ engine, plan: piecesOf(plan), sheet, x, out, beside: own, progress });
  const abort = () => call.stop(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    if (await call.run()) return;
  } finally {
    signal?.removeEventListener('abort', abort);
    letGo(sheet.id);
  }
  // a transform spreads what is not finite over a tile, and which outputs are computed again hangs together with the plan's own blocks
  prepared.run(x, out, frozen.parameters!, own);
  progress?.(1);
}

/** A plan in as many pieces as were wanted last. */
const inPieces = new WeakMap<Plan, { readonly wanted: number; readonly pieces: Plan }>();

/** The plan in as many pieces as suit the helpers. */
function piecesOf(plan: Plan): Plan {
  const { loaded, target } = plan.bytes;
  const byWork = Math.min(
    pieceSizes.each * currentHelpers().length,
    Math.floor(microsecondsOfPlan(plan) / pieceSizes.microseconds),
  );
  const byBytes = Math.ceil(((loaded + target) * piecesIn(plan)) / pieceSizes.bytes);
  const wanted = Math.max(1, byWork, byBytes);
  const known = inPieces.get(plan);
  if (known?.wanted === wanted) return known.pieces;
  const layout = weightLayout(plan);
  const pieces = planInPieces(plan, wanted, (other) => weightLayout(other) === layout);
  inPieces.set(plan, { wanted, pieces });
  return pieces;
}

function copyOf(tensor: Tensor): Tensor {
  return { data: tensor.data.slice(), shape: tensor.shape };
}
