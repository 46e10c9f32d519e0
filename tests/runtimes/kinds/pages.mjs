// Browsers: in the page, in a Web Worker, in a service worker and in an AudioWorklet, and where a content policy forbids
// WebAssembly.

import { browser, browserNames } from '../browsers.mjs';
import { entryOf } from '../project.mjs';
import { bundle } from './bundlers.mjs';

const page = async ({ origin }, script, parameters = {}) =>
  `${origin}/page?${new URLSearchParams({ page: script, ...parameters })}`;

/** Who opens what, under which name; the bundle's address is made when it is needed. */
const places = [
  [
    'page, import map',
    ['convnd', 'wasm'],
    (server, subject) => page(server, `/page-${subject}.js`, { importmap: '' }),
  ],
  [
    'page',
    ['convnd', 'wasm-url'],
    async (server, subject) => page(server, await bundle(`page-${subject}.js`)),
  ],
  [
    'Web Worker',
    ['convnd', 'wasm-url'],
    async (server, subject) =>
      page(server, '/host-worker.js', { script: await bundle(`worker-${subject}.js`) }),
  ],
  [
    'service worker',
    ['convnd', 'wasm-url'],
    async (server, subject) =>
      page(server, '/host-service-worker.js', {
        script: await bundle(`service-worker-${subject}.js`, 'iife'),
      }),
  ],
];

/** The same for threads, in pages that may share memory and in one that may not. */
const threadPlaces = [
  [
    'page, isolated',
    async (server) => page(server, await bundle('page-threads.js'), { isolated: '', blob: '' }),
  ],
  [
    'page, isolated, policy without blob:',
    async (server) => page(server, await bundle('page-threads-file.js'), { isolated: '' }),
  ],
  ['page, not isolated', async (server) => page(server, await bundle('page-threads.js'), { blob: '' })],
  [
    'Web Worker, isolated',
    async (server) =>
      page(server, '/host-worker.js', {
        script: `${await bundle('worker-threads.js')}?blob`,
        isolated: '',
        blob: '',
      }),
  ],
];

/**
 * How often a page that starts workers inside a worker is opened, if it does not come to its end. With a debugger listening, as an automated
 * Firefox has, `new Worker` inside a worker waits for it on a condition variable on which the new worker waits too, and one of both is woken:
 * about one page in ten stands still there. One of twenty did in an automated WebKitGTK, for a reason that is not known.
 */
const triesOf = (name, where) =>
  where === 'Web Worker, isolated' ? ({ Firefox: 4, WebKitGTK: 2 }[name] ?? 1) : 1;

/** In half a sentence what was counted while the sound played. */
function soundNote({ quanta, missed, long, underruns, each, dearest, seconds, due }) {
  return [
    `${quanta} quanta, ${missed} missed`,
    `${long} of them longer than a quantum`,
    `${(1000 * each).toFixed(1)} µs each`,
    ...(dearest === undefined ? [] : [`${(1000 * dearest).toFixed(1)} µs the dearest in a period`]),
    `${seconds.toFixed(2)} s for ${due.toFixed(2)} s of sound`,
    ...(underruns === null ? [] : [`${underruns} underruns`]),
  ].join(', ');
}

async function playSound(name, server, subject) {
  const script = await bundle(`worklet-${subject}.js`);
  const library = { library: '/node_modules/convnd/dist/separate.js' };
  const url = await page(server, '/host-worklet.js', { script, ...(subject === 'wasm' && library) });
  const result = await (await browser(name)).report(url);
  return { ...result, note: result.sound && soundNote(result.sound) };
}

async function playReverb(name, server) {
  const url = await page(server, '/host-reverb.js', { script: await bundle('worklet-reverb.js') });
  const result = await (await browser(name)).report(url);
  return { ...result, note: result.sound && soundNote(result.sound) };
}

/** The policy lets the page's script run, and WebAssembly not. */
async function forbid(name, server, subject) {
  const script = await bundle(`page-refused-${subject}.js`);
  const { message } = await (await browser(name)).report(await page(server, script, { nowasm: '' }));
  return message?.includes("script-src 'wasm-unsafe-eval'")
    ? { passed: 1, failed: 0, note: `"${message}"` }
    : { passed: 0, failed: 1, details: [message] };
}

export const runs = browserNames.flatMap((name) => {
  const common = { runtime: name, version: async () => (await browser(name)).version };
  return [
    ...places.flatMap(([where, subjects, open]) =>
      subjects.map((subject) => ({
        ...common,
        entry: entryOf(subject),
        where,
        go: async (server) => (await browser(name)).report(await open(server, subject)),
      })),
    ),
    ...threadPlaces.map(([where, open]) => ({
      ...common,
      entry: 'convnd/threads',
      where,
      go: async (server) => (await browser(name)).report(await open(server), triesOf(name, where)),
    })),
    ...['convnd', 'wasm'].flatMap((subject) => [
      {
        ...common,
        entry: entryOf(subject),
        where: 'AudioWorklet',
        alone: true,
        go: (server) => playSound(name, server, subject),
      },
    ]),
    {
      ...common,
      entry: 'convnd/signal',
      where: 'AudioWorklet',
      alone: true,
      go: (server) => playReverb(name, server),
    },
    {
      ...common,
      entry: 'convnd',
      where: "policy without 'wasm-unsafe-eval'",
      go: (server) => forbid(name, server, 'convnd'),
    },
  ];
});
