// The import rule: which folder may import which, `import type` included. imports.test.ts applies it to the tree.

import { dirname, join } from 'node:path/posix';

/** Files by their path, with their text. */
export type Sources = Record<string, string>;

/**
 * A tree: its folders from the bottom up, of which each imports only itself and those below. Folders of one item don't import
 * each other. Files at the root are above all.
 */
interface Tree {
  readonly spine: readonly (readonly string[])[];
  /** folders that only files at the root import, and the folder that each builds on */
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

/** The order of the folders of a folder, from the bottom up. Its files that are not listed are below all of them. */
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

/** The wings, and the folders that only wings import: a bundle that uses none of them contains nothing of them. */
export const wings = [...Object.keys(src.wings), 'spectrum', 'sums'];

/** Folders that never lead to the engine. */
const pure = ['geometry', 'problem', 'plan'];

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** The specifiers of a file's imports, and of what it exports from other files. */
export function specifiersIn(text: string): string[] {
  const statements =
    /^(?:import|export)\b[^'";]*\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...withoutComments(text).matchAll(statements)].map(
    ([, from, bare, dynamic]) => from ?? bare ?? dynamic,
  );
}

/** The file of the tree that a specifier names; TypeScript's end in .js, AssemblyScript's have no ending. */
function resolve(specifier: string, importer: string, sources: Sources): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(dirname(importer), specifier);
  const names = [path.replace(/\.js$/, '.ts'), `${path}.ts`, path.replace(/\.wasm$/, '.d.wasm.ts')];
  return names.find((name) => name in sources);
}

/** The folder of a file, or the name of a file at the root that is in the spine; '' for the others there. */
function folderOf(path: string): string {
  const [tree, folder, ...rest] = path.split('/');
  return rest.length > 0 || trees[tree].spine.flat().includes(folder) ? folder : '';
}

/** The level of a folder; a wing is between two. */
function levelOf(folder: string, { spine, wings }: Tree): number {
  if (folder === '') return Number.POSITIVE_INFINITY;
  const level = (name: string) => spine.findIndex((folders) => folders.includes(name));
  return folder in wings ? level(wings[folder]) + 0.5 : level(folder);
}

/** What is wrong with an import of a file by another. */
function complaint(importer: string, imported: string): string | undefined {
  const [name] = importer.split('/');
  if (!imported.startsWith(`${name}/`))
    return name === 'assembly' && imported.startsWith('src/shared/') ? undefined : 'of another tree';
  const tree = trees[name];
  const [from, to] = [folderOf(importer), folderOf(imported)];
  if (from === to) return complaintInside(importer, imported);
  if (to === '') return 'an entry';
  if (to in tree.wings && from !== '') return from in tree.wings ? 'another wing' : 'a wing';
  return levelOf(to, tree) < levelOf(from, tree) ? undefined : 'not below it';
}

/** The same for files of one folder. */
function complaintInside(importer: string, imported: string): string | undefined {
  const [tree, folder, from] = importer.split('/');
  const [, , to] = imported.split('/');
  const levels = inside[`${tree}/${folder}`];
  if (!levels || from === to) return undefined;
  const [lower, upper] = [to, from].map((name) => levels.findIndex((folders) => folders.includes(name)));
  return lower < upper || (lower < 0 && upper < 0) ? undefined : 'not below it';
}

/** All files that a file imports, directly or not. */
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

/** All violations of the rule, as sentences. */
export function violationsIn(sources: Sources): string[] {
  const found: string[] = [];
  const files = Object.keys(sources).sort();
  const imports = new Map<string, string[]>();
  for (const file of files) {
    const [tree] = file.split('/');
    const folder = folderOf(file);
    if (levelOf(folder, trees[tree]) < 0) found.push(`${file}: ${tree} has no folder ${folder}`);
    const [inner, ...deeper] = file.split('/').slice(2);
    const levels = inside[`${tree}/${folder}`];
    if (levels && deeper.length > 0 && !levels.flat().includes(inner))
      found.push(`${file}: ${tree}/${folder} has no folder ${inner}`);
    const lines = /export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+'[^']+';/g;
    if (tree === 'src' && folder === '' && withoutComments(sources[file]).replace(lines, '').trim() !== '')
      found.push(`${file} holds more than export lines`);

    const targets: string[] = [];
    for (const specifier of specifiersIn(sources[file])) {
      const target = resolve(specifier, file, sources);
      if (target) targets.push(target);
      else found.push(`${file} imports ${specifier}: no file of the library`);
    }
    imports.set(file, targets);
    for (const target of targets) {
      const wrong = folder === 'shared' ? 'shared imports nothing' : complaint(file, target);
      if (wrong) found.push(`${file} imports ${target}: ${wrong}`);
    }
  }

  const reached = new Map(files.map((file) => [file, reach(file, imports)]));
  for (const file of files.filter((path) => path.startsWith('src/') && pure.includes(folderOf(path)))) {
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
