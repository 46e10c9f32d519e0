// Imports a file of src before it is compiled, so that a script and the library read the same list or function.
import { build } from 'esbuild';

export async function importSource(path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
