// npm run size: prints the size of each entry, bundled and minified by esbuild, and compressed by gzip -9.
import { measure } from './measure.mjs';

const rows = await measure();
console.table(Object.fromEntries(rows.map(({ name, ...sizes }) => [name, sizes])));
