// Tasks and workspaces as both compilers read them: the order of fields, and that each is written by the library and read by the module.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import fc from 'fast-check';
import type { Engine } from '#src/engine/engine.js';
import { entries, type TaskEntry } from '#src/engine/entries.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import { exactPlanOf } from '#src/plan/exact.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { type Runner, thisThread } from '#src/run/runner.js';
import * as tasks from '#src/shared/task.js';
import { compute, convolutionFrom, planBy } from '../helpers/convolutions.js';
import { forms, layerAxis, places } from '../helpers/forms.js';
import { integers } from '../helpers/numbers.js';
import { numbersOf } from '../reference/equation.js';
import { entryReads, isWrittenInSrc, writtenClasses } from './task-reads.js';

const classes = writtenClasses();
const byName = new Map(classes.map((each) => [each.name, each]));
const takingItems = Object.keys(entries).filter((name) => entries[name as TaskEntry] === ('items' as string));
const readers = entryReads(takingItems);
const kinds = new Map(Object.entries(tasks));
const made = (name: string): object => new (kinds.get(name)!)();

/** The fields of a class, those of its base first. */
function fieldsOf(name: string): readonly string[] {
  const { base, fields } = byName.get(name)!;
  return base ? [...fieldsOf(base), ...fields] : fields;
}

/** A class and those that it extends. */
function lineage(name: string): string[] {
  const { base } = byName.get(name)!;
  return base ? [name, ...lineage(base)] : [name];
}

describe('tasks', () => {
  it('have the fields of their base class first, then their own in order, in TypeScript as in AssemblyScript', () => {
    assert.deepEqual([...byName.keys()].sort(), Object.keys(tasks).sort());
    for (const { name } of classes) {
      assert.deepEqual(Object.keys(made(name)), fieldsOf(name), name);
      assert.ok(
        Object.values(made(name)).every((value) => value === 0),
        name,
      );
    }
  });

  it('are found with every entry that takes one, and all are taken', () => {
    assert.deepEqual([...readers.keys()].sort(), [...takingItems].sort());
    const taken = new Set([...readers.values()].flatMap(({ task }) => lineage(task)));
    assert.deepEqual([...taken].sort(), [...byName.keys()].filter((name) => name !== 'Workspace').sort());
  });

  it('have no field that no entry reads', () => {
    // an entry may read a field where it has an object of the class, or of one that extends it
    const isRead = (name: string, field: string) =>
      [...readers.values()].some(({ reads }) =>
        [...byName.keys()].some((kind) => lineage(kind).includes(name) && reads.has(`${kind}.${field}`)),
      );
    const dead = classes.flatMap(({ name, fields }) =>
      fields.filter((field) => !isRead(name, field)).map((field) => `${name}.${field}`),
    );
    // the library reads the first, the module of gradients the second; the last is kept so that compilers don't leave out what it is summed for
    assert.deepEqual(dead, ['Workspace.notFinite', 'Workspace.places', 'Workspace.touched']);
  });

  it('have no field that the library never gives a value', () => {
    const never = classes.flatMap(({ name, fields }) =>
      fields.filter((field) => !isWrittenInSrc(field)).map((field) => `${name}.${field}`),
    );
    // the module itself writes these, and a workspace's areas are written by their names in `WorkspaceBytes`
    assert.deepEqual(never, ['Workspace.notFinite', 'Workspace.touched']);
  });

  it('are what the entry takes that a plan calls, and each field has a value for some problem', () => {
    const seen = new Map<string, Set<string>>(takingItems.map((entry) => [entry, new Set()]));
    const note = (entry: TaskEntry, kind: string, words: Int32Array) => {
      fieldsOf(kind).forEach((field, i) => {
        if (words[i] !== 0) seen.get(entry)!.add(field);
      });
    };
    const noting: Runner = {
      run(engine: Engine, entry, task, workspace, begin, end) {
        const { task: kind } = readers.get(entry)!;
        note(entry, kind, engine.i32.subarray(task / 4));
        thisThread.run(engine, entry, task, workspace, begin, end);
      },
    };
    const lines = [
      'n2 g3 c3 f3 i400 k5 p4',
      'n2 g3 c3 f3 i400 k3 p4',
      'n2 g3 c3 f6 i20x31 k3x3 p1x1',
      'n2 g3 c3 f6 i20x31 k3x3 s2x2 p1x1',
      'n2 g3 c3 f6 i20x9 k3x1 p1x0',
      'n2 g3 c3 f6 i20x19 k5x5',
      'n2 g3 c3 f6 i20x12 k5x5',
      'n2 g3 c3 f6 i12x7 k5x5',
      'n2 g3 c3 f6 i800x12 k5x5',
      'n2 g3 c3 f6 i93x93 k91x91',
      'n2 g3 c3 f6 i20x40 k5x5',
      'n2 g3 c3 f6 i20x40 k1x3',
      'n2 g3 c3 f6 i12x3 k5x5 p2x2',
      'n2 g3 c9 f6 i6x8x26 k3x3x3 p1x1x1',
      'n2 g2 c4 f4 i9x20 k1x3',
      'T n2 g2 c4 f6 i5x8x9 k4x4x4 s2x2x2 p1x1x1',
      'T n2 g3 c3 f6 i5x9 k3x3 s2x2 p1x1',
      // weights that are packed in pieces
      'n1 g1 c100 f100 i14 k9',
      'T n1 g1 c100 f100 i6 k9',
    ].map((line) => convolutionOf(parseProblem(line)));
    const drawn = fc.sample(forms(layerAxis, true), { numRuns: 200, seed: 1 }).map(convolutionFrom);
    for (const [i, c] of [...lines, ...drawn].entries()) {
      const { input, weight } = numbersOf(c);
      const given = { x: integers(input, i), weight: integers(weight, i), bias: null };
      for (const name of [...algorithms.map((row) => row.name), undefined]) {
        try {
          const plan = name ? planBy(c, name) : exactPlanOf({ ...c, outside: 'nothing' });
          const [set] = plan.tapSets;
          const { entry } = plan.variant;
          // interleave takes a task of its own, and finds those of the classes there
          const kind = entry === 'interleave' ? 'SumTask' : readers.get(entry)!.task;
          assert.equal(plan.variant.task(set, 1).constructor.name, kind);
          const activation = { entry: i % 2 ? 'clamp' : 'leakyRelu', operand: 0.5 } as const;
          const length = numbersOf(c).output;
          const epilogue = { scale: 2, activation, add: tensor(new Float32Array(length), [length]) };
          // in kernels that can, an activation by itself, and one of the inputs
          const alone = { scale: 1, activation, input: activation };
          for (const where of places)
            for (const each of [epilogue, alone]) compute(plan, given, where, noting, each);
        } catch (error) {
          if (!(error instanceof UnableError)) throw error;
        }
      }
    }
    const never = [...seen].flatMap(([entry, fields]) =>
      fieldsOf(readers.get(entry)!.task)
        .filter((field) => !fields.has(field))
        .map((field) => `${entry}: ${field}`),
    );
    // of their base class: lanes are always staged. Inputs that are brought ahead have 16 MB at least: tests/run/block.test.ts has them
    assert.deepEqual(never, [
      'direct: ahead',
      'directRows: ahead',
      ...['window', 'windowImage', 'windowGroup', 'windowChannel'].map((field) => `depthwiseLanes: ${field}`),
    ]);
  });
});
