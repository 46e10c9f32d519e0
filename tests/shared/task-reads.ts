// Who reads which field of a task: src/shared/task.ts and assembly/ as text, for as-pect doesn't see TypeScript, nor TypeScript
// AssemblyScript.

import { readdirSync, readFileSync } from 'node:fs';

/** A class of src/shared/task.ts as it is written there. */
interface WrittenClass {
  readonly name: string;
  readonly base: string | undefined;
  /** its own fields, in order */
  readonly fields: readonly string[];
}

/** Without comments. */
const codeOf = (path: string) => readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** The classes of src/shared/task.ts. */
export function writtenClasses(): WrittenClass[] {
  const classes = codeOf('src/shared/task.ts').matchAll(/class (\w+)(?: extends (\w+))? \{([^}]*)\}/g);
  return [...classes].map(([, name, base, body]) => ({
    name,
    base,
    fields: [...body.matchAll(/(\w+)\s*:\s*i32\s*=\s*0\s*;/g)].map(([, field]) => field),
  }));
}

/** All files of a folder and those in it. */
function filesIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`);
}

/** A function of the module: which class each of its variables is, the fields that it reads, and the functions that it calls. */
interface WrittenFunction {
  readonly name: string;
  readonly classes: ReadonlySet<string>;
  /** `class.field` */
  readonly reads: ReadonlySet<string>;
  readonly calls: ReadonlySet<string>;
}

/** The functions of assembly/ that have to do with tasks or workspaces. Names repeat in several files, so a file's own come first. */
function functionsIn(path: string, classNames: readonly string[]): WrittenFunction[] {
  const code = codeOf(path);
  const starts = [...code.matchAll(/^(?:export )?function (\w+)/gm)];
  return starts.map(({ index, 1: name }, i) => {
    const text = code.slice(index, starts[i + 1]?.index);
    const variables = new Map<string, string>();
    for (const [, variable, kind] of text.matchAll(/(\w+): (\w+)/g))
      if (classNames.includes(kind)) variables.set(variable, kind);
    for (const [, variable, kind] of text.matchAll(/const (\w+) = changetype<(\w+)>/g))
      if (classNames.includes(kind)) variables.set(variable, kind);
    const reads = new Set<string>();
    for (const [variable, kind] of variables) {
      // what is only written is not read
      for (const [, field] of text.matchAll(new RegExp(`\\b${variable}\\.(\\w+)(?!\\w|\\s*=[^=])`, 'g')))
        reads.add(`${kind}.${field}`);
    }
    // a flag is given on by its address
    for (const [, kind, field] of text.matchAll(/offsetof<(\w+)>\('(\w+)'\)/g)) reads.add(`${kind}.${field}`);
    const calls = new Set([...text.slice(8).matchAll(/\b(\w+)\(/g)].map(([, called]) => called));
    return { name, classes: new Set(variables.values()), reads, calls };
  });
}

/** An entry that takes a task. */
interface EntryReads {
  /** the class of its task */
  readonly task: string;
  /** `class.field`, by it and all that it calls; a field that a function reads of a base class is that of the base */
  readonly reads: ReadonlySet<string>;
}

/** What every entry reads. */
export function entryReads(names: readonly string[]): Map<string, EntryReads> {
  const classNames = writtenClasses().map(({ name }) => name);
  const files = filesIn('assembly')
    // other modules know other tasks or none
    .filter((path) => !/^assembly\/(signal|fft|pool|train)\b/.test(path))
    .map((path) => ({ path, functions: functionsIn(path, classNames) }));
  const find = (name: string, near: WrittenFunction[]) =>
    near.find((f) => f.name === name) ??
    files.flatMap(({ functions }) => functions).find((f) => f.name === name && f.classes.size > 0);
  const found = new Map<string, EntryReads>();
  for (const name of names) {
    const home = files.find(({ functions }) => functions.some((f) => f.name === name));
    if (!home) continue;
    const reads = new Set<string>();
    const seen = new Set<WrittenFunction>();
    const visit = (called: string, near: WrittenFunction[]) => {
      const one = find(called, near);
      if (!one || seen.has(one)) return;
      seen.add(one);
      for (const read of one.reads) reads.add(read);
      const own = files.find(({ functions }) => functions.includes(one))!.functions;
      for (const next of one.calls) visit(next, own);
    };
    visit(name, home.functions);
    const [, task] = new RegExp(`function ${name}\\(\\s*task: (\\w+)`).exec(codeOf(home.path)) ?? [];
    found.set(name, { task, reads });
  }
  return found;
}

/** Whether a plan, or who carries it out, gives a value to a field: `name: …`, `name,`, `task.name = …`, or by `wordOf(task, 'name')`. */
export function isWrittenInSrc(field: string): boolean {
  const written = new RegExp(`\\b${field}\\s*(?::|,|\\}|'\\)|=[^=>])`);
  const files = filesIn('src').filter((path) => /^src\/(run|plan)\//.test(path));
  return files.some((path) => written.test(codeOf(path)));
}
