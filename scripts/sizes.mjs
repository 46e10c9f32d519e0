// npm run size: what the library takes, as a table. Bundled and minified by esbuild, compressed by gzip -9.
import { measure } from './measure.mjs';

const rows = await measure();
console.table(Object.fromEntries(rows.map(({ name, ...sizes }) => [name, sizes])));
