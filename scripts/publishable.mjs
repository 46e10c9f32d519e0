// npm run prepublishOnly: refuses to publish what a package page could not show. npm finds the pictures and links of README.md through
// `repository`, so that must be there, and each of them a file of it.
import { existsSync, readFileSync } from 'node:fs';

/** What keeps a package from being published: sentences, none where all is well. */
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
