// What a package page needs: the check that runs before publishing, and README.md as it is.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

type Obstacles = (manifest: object, readme: string, isFile: (path: string) => boolean) => string[];
const script = new URL('../../../scripts/publishable.mjs', import.meta.url).href;
const { obstacles } = (await import(script)) as { obstacles: Obstacles };
const readme = readFileSync('README.md', 'utf8');
const named = { repository: { type: 'git', url: 'git+https://example.org/convnd.git' } };

describe('before publishing', () => {
  it('a package without a repository is refused', () => {
    assert.match(obstacles({}, '', () => true).join(), /no `repository`/);
    assert.deepEqual(
      obstacles(named, '', () => true),
      [],
    );
  });

  it('a link to nowhere is refused', () => {
    const text = '![A](docs/a.png) and [b](docs/b.md#c), [c](https://example.org)';
    assert.deepEqual(
      obstacles(named, text, (path) => path === 'docs/a.png'),
      ['README.md links to docs/b.md, which is not there'],
    );
  });

  it('every picture and link of README.md is there', () =>
    assert.deepEqual(obstacles(named, readme, existsSync), []));

  it('every heading that README.md links to is there', () => {
    const links = [...readme.matchAll(/\]\((docs\/[^)#]+)#([^)]+)\)/g)];
    assert.ok(links.length > 3);
    for (const [, path, name] of links) {
      const headings = readFileSync(path, 'utf8').match(/^#+ .*$/gm) ?? [];
      const names = headings.map((heading) =>
        heading
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      assert.ok(names.includes(name), `${path} has no heading ${name}`);
    }
  });

  it('README.md begins with npm install convnd, has the two commands, and less than 150 lines', () => {
    assert.equal(readme.split('```')[1], 'sh\nnpm install convnd\n');
    assert.ok(readme.includes('npm install && npm start\nnpm install && npm test\n'));
    assert.ok(readme.split('\n').length < 150);
  });
});
