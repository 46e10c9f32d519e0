// Writes build/package.json, so that tests and benchmarks in build/ import `convnd` from the single files of dist, as bundlers do. Node
// would resolve it to dist/bundled, which has its own engine, separate from that of the files imported by `#src/…`.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const { name, type, exports, imports } = JSON.parse(readFileSync('package.json', 'utf8'));
const asBundlers = ({ types, default: file }) => ({ types, default: file });
const files = Object.entries(exports).map(([entry, target]) => [
  entry,
  typeof target === 'string' ? target : asBundlers(target),
]);
mkdirSync('build', { recursive: true });
writeFileSync(
  'build/package.json',
  `${JSON.stringify({ name, private: true, type, exports: Object.fromEntries(files), imports }, null, 2)}\n`,
);
// The targets of a package's exports must be inside of the package. The link is made anew, because that of a copied checkout leads to the
// library of the original.
rmSync('build/dist', { recursive: true, force: true });
symlinkSync(resolve('dist'), 'build/dist', 'junction');
