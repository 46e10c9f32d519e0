// Makes build/package.json: what is compiled into build/ imports `convnd` as files of dist, one by one, as bundlers do. Node would take
// the bundles, whose engine is another one than that of the parts that tests and benchmarks import by `#src/…`.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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
// a package's targets lie inside it
if (!existsSync('build/dist')) symlinkSync(resolve('dist'), 'build/dist', 'junction');
