// npm run prepublishOnly: checks that package.json has a `repository`, by which npm resolves the relative images and links of README.md,
// and that each of them exists.
import { existsSync, readFileSync } from 'node:fs';

/** The problems that prevent publishing, as sentences; an empty list if there are none. */
export function obstacles(manifest, readme, isFile) {
  const { repository } = manifest;
  const address = typeof repository === 'string' ? repository : repository?.url;
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path);
  return [
    ...(address
      ? []
      : ['package.json has no `repository`: pictures and links of README.md would lead nowhere']),
    ...links.filter((path) => !isFile(path)).map((path) => `README.md links to ${path}, which is not there`),
  ];
}

if (process.argv[1]?.endsWith('publishable.mjs')) {
  const found = obstacles(
    JSON.parse(readFileSync('package.json', 'utf8')),
    readFileSync('README.md', 'utf8'),
    existsSync,
  );
  for (const sentence of found) console.error(sentence);
  process.exit(found.length > 0 ? 1 : 0);
}
