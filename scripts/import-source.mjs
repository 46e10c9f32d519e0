// Imports a TypeScript file of src in a script, so that scripts and library share lists and functions.
import { build } from 'esbuild';

export async function importSource(path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
