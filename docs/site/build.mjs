// npm run site: the live page, the guides and the API reference as static files in build/site, every internal link checked.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LinkChecker } from 'linkinator';

const here = fileURLToPath(new URL('.', import.meta.url));
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const run = (command, args, options) =>
  execFileSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32', ...options });

rmSync(at('build/site'), { recursive: true, force: true });
run('npm', ['install', '--no-audit', '--no-fund'], { cwd: at('page') });
run('npm', ['run', 'build'], {
  cwd: at('page'),
  env: { ...process.env, DOCUMENTATION: './docs/index.html' },
});
cpSync(at('page/dist'), at('build/site'), { recursive: true });
run('npx', ['typedoc'], { cwd: here });

const { passed, links } = await new LinkChecker().check({
  path: at('build/site'),
  recurse: true,
  linksToSkip: async (link) => !link.startsWith('http://localhost'), // other people's pages
});
for (const { url, parent, state } of links)
  if (state === 'BROKEN') console.error(`${parent} links to ${url}`);
console.log(
  `build/site: ${links.filter(({ state }) => state === 'OK').length} internal links lead somewhere`,
);
process.exit(passed ? 0 : 1);
