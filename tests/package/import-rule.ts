// The rule of the house: which folder may import which, `import type` counted. imports.test.ts holds the tree to it.

import { dirname, join } from 'node:path/posix';

/** Files by their path, with their text. */
export type Sources = Record<string, string>;

/**
 * A tree: its folders from the bottom up, of which each imports only itself and those below. Folders side by side don't import
 * each other. Files at the root stand on top of all.
 */
interface Tree {
  readonly spine: readonly (readonly string[])[];
  /** folders that only files at the root import, and on which folder each stands */
  readonly wings: Readonly<Record<string, string>>;
}

const src: Tree = {
  spine: [
    ['shared'],
    ['core'],
    ['geometry', 'engine'],
    ['problem'],
    ['plan'],
    ['run'],
    ['layers', 'spectrum'],
    ['sums'],
  ],
  wings: {
    checkpoints: 'core',
    threads: 'layers',
    train: 'layers',
    stream: 'layers',
    pool: 'layers',
    signal: 'sums',
    match: 'sums',
    ndimage: 'sums',
  },
};
const assembly: Tree = {
  spine: [
    ['lanes.ts', 'vectors.ts'],
    ['kernels', 'fft'],
    ['window', 'weights'],
    ['schedule', 'signal', 'streams', 'match', 'train', 'pool'],
  ],
  wings: {},
};
const trees: Record<string, Tree> = { src, assembly };

/** The rooms of a folder that has some, from the bottom up. Its other files are below all of them. */
const inside: Record<string, readonly (readonly string[])[]> = {
  'src/train': [
    ['tensors'],
    ['weight'],
    ['gradients'],
    ['tape'],
    ['functions', 'optimizers'],
    ['backward.ts'],
  ],
  'src/sums': [
    ['borders'],
    ['direct', 'spectral', 'window-sums.ts'],
    ['choice'],
    ['sums.ts'],
    ['explain.ts', 'filtered.ts'],
  ],
  'src/match': [
    ['dft', 'windows'],
    ['scores'],
    ['template', 'masked'],
    ['peaks', 'phase-cross-correlation', 'filter2d.ts'],
  ],
};

/** Wings of the library, and what only they stand on: a program that doesn't ask for one gets nothing of it. */
export const wings = [...Object.keys(src.wings), 'spectrum', 'sums'];

/** These folders know no wasm: nothing that they import, and nothing that is imported there, is of the engine. */
const pure = ['geometry', 'problem', 'plan'];

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** What a file imports and exports from, as it is written there. */
export function specifiersIn(text: string): string[] {
  const statements =
    /^(?:import|export)\b[^'";]*\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...withoutComments(text).matchAll(statements)].map(
    ([, from, bare, dynamic]) => from ?? bare ?? dynamic,
  );
}

/** The file of the tree that an import means; TypeScript's imports end in .js, AssemblyScript's have no ending. */
function resolve(specifier: string, importer: string, sources: Sources): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(dirname(importer), specifier);
  const names = [path.replace(/\.js$/, '.ts'), `${path}.ts`, path.replace(/\.wasm$/, '.d.wasm.ts')];
  return names.find((name) => name in sources);
}

/** The folder of a file, or the name of a file at the root that stands in the spine; '' for the others there. */
function roomOf(path: string): string {
  const [tree, room, ...rest] = path.split('/');
  return rest.length > 0 || trees[tree].spine.flat().includes(room) ? room : '';
}

/** How high a room stands; a wing between two floors. */
function heightOf(room: string, { spine, wings }: Tree): number {
  if (room === '') return Number.POSITIVE_INFINITY;
  const floor = (name: string) => spine.findIndex((rooms) => rooms.includes(name));
  return room in wings ? floor(wings[room]) + 0.5 : floor(room);
}

/** What is wrong with an import between two files, in words that go between their names. */
function complaint(importer: string, imported: string): string | undefined {
  const [name] = importer.split('/');
  if (!imported.startsWith(`${name}/`))
    return name === 'assembly' && imported.startsWith('src/shared/') ? undefined : 'of another tree';
  const tree = trees[name];
  const [from, to] = [roomOf(importer), roomOf(imported)];
  if (from === to) return complaintInside(importer, imported);
  if (to === '') return 'an entry';
  if (to in tree.wings && from !== '') return from in tree.wings ? 'another wing' : 'a wing';
  return heightOf(to, tree) < heightOf(from, tree) ? undefined : 'not below it';
}

/** The same between files of one room. */
function complaintInside(importer: string, imported: string): string | undefined {
  const [tree, room, from] = importer.split('/');
  const [, , to] = imported.split('/');
  const floors = inside[`${tree}/${room}`];
  if (!floors || from === to) return undefined;
  const [lower, upper] = [to, from].map((name) => floors.findIndex((rooms) => rooms.includes(name)));
  return lower < upper || (lower < 0 && upper < 0) ? undefined : 'not below it';
}

/** Everything that a file leads to. */
function reach(start: string, imports: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const queue = [start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const next of imports.get(file) ?? []) {
      if (!found.has(next)) queue.push(next);
      found.add(next);
    }
  }
  return found;
}

/** Every breach of the rule, as a sentence. */
export function violationsIn(sources: Sources): string[] {
  const found: string[] = [];
  const files = Object.keys(sources).sort();
  const imports = new Map<string, string[]>();
  for (const file of files) {
    const [tree] = file.split('/');
    const room = roomOf(file);
    if (heightOf(room, trees[tree]) < 0) found.push(`${file}: ${tree} has no folder ${room}`);
    const [inner, ...deeper] = file.split('/').slice(2);
    const floors = inside[`${tree}/${room}`];
    if (floors && deeper.length > 0 && !floors.flat().includes(inner))
      found.push(`${file}: ${tree}/${room} has no folder ${inner}`);
    const lines = /export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+'[^']+';/g;
    if (tree === 'src' && room === '' && withoutComments(sources[file]).replace(lines, '').trim() !== '')
      found.push(`${file} holds more than export lines`);

    const targets: string[] = [];
    for (const specifier of specifiersIn(sources[file])) {
      const target = resolve(specifier, file, sources);
      if (target) targets.push(target);
      else found.push(`${file} imports ${specifier}: no file of the library`);
    }
    imports.set(file, targets);
    for (const target of targets) {
      const wrong = room === 'shared' ? 'shared imports nothing' : complaint(file, target);
      if (wrong) found.push(`${file} imports ${target}: ${wrong}`);
    }
  }

  const reached = new Map(files.map((file) => [file, reach(file, imports)]));
  for (const file of files.filter((path) => path.startsWith('src/') && pure.includes(roomOf(path)))) {
    const engine = [...reached.get(file)!].find((path) => path.startsWith('src/engine/'));
    if (engine) found.push(`${file} reaches ${engine}`);
  }
  const circles = files
    .filter((file) => reached.get(file)!.has(file))
    .map((file) => files.filter((other) => reached.get(file)!.has(other) && reached.get(other)!.has(file)));
  for (const circle of new Set(circles.map((members) => members.join(' ↔ '))))
    found.push(`${circle}: a circle`);
  return found;
}
