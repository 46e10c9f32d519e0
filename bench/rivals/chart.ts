// Draws the chart of speeds relative to onnxruntime-web for each class of layers, as an SVG for light and dark pages.

import { classesOf, hostOf, isNumber, meanRatio, type Report, type Row } from './report.js';
import { isOurs } from './rivals.js';
import { inWords } from './threads.js';

const BASE = 'ort resident';
const WIDTH = 860;
const LEFT = 128;
const RIGHT = 56;
const BAR = 9;
const GAP = 10;
const TOP = 64;

const COLOURS: Record<string, string> = {
  convnd: '#e8590c',
  'convnd resident': '#f59f00',
  tfjs: '#3b82c4',
  litert: '#3f9b62',
  'jax-js': '#9a6fc9',
  ort: '#8a8f98',
};

const colourOf = (name: string): string => COLOURS[name] ?? COLOURS[name.split(' ')[0]] ?? '#8a8f98';

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const text = (x: number, y: number, content: string, extra = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${escaped(content)}</text>`;

const LABELS: Record<string, string> = {
  ort: 'onnxruntime-web, copies included',
  tfjs: 'tfjs-backend-wasm',
  litert: 'LiteRT.js',
};

const TITLES: Record<string, string> = {
  first: '3-channel first',
  '3x3': '3×3',
  '3x3@7': '3×3 on 7×7 maps',
  strided: '3×3 stride 2',
  '5x5': '5×5',
  dilated: '3×3 dilated',
  '1x1': '1×1',
  lenet: 'LeNet-size',
  conv1d: '1-d',
  depthwise1d: '1-d depthwise',
  transposed1d: '1-d transposed',
  conv3d: '3-d',
  transposed3d: '3-d transposed',
};

interface Group {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly times: number }[];
}

function groupsOf({ rows, names }: Report, base: string): Group[] {
  const bars = (members: readonly Row[]) =>
    names
      .filter((name) => name !== base)
      .map((name) => ({ name, times: meanRatio(members, name, base) }))
      .filter(({ times }) => isNumber(times));
  const groups = classesOf(rows).map((title) => ({
    title,
    bars: bars(rows.filter((row) => row.class === title)),
  }));
  return groups.length > 1 ? [...groups, { title: 'all layers', bars: bars(rows) }] : groups;
}

/** Round steps that give at most eight grid lines. */
function ticks(most: number): number[] {
  const step = [0.25, 0.5, 1, 2, 5, 10, 20, 50].find((size) => most / size <= 8) ?? 100;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/** The chart as the text of an SVG file. */
export function chart(report: Report): string {
  const base = report.names.includes(BASE)
    ? BASE
    : (report.names.find((name) => !isOurs(name)) ?? report.names[0]);
  const groups = groupsOf(report, base);
  const drawn = report.names.filter((name) =>
    groups.some(({ bars }) => bars.some((bar) => bar.name === name)),
  );
  const most = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ times }) => times))) * 1.02;
  const scale = (times: number) => LEFT + (times / most) * (WIDTH - LEFT - RIGHT);
  const parts: string[] = [];
  let y = TOP;
  for (const { title, bars } of groups) {
    const height = Math.max(1, bars.length) * BAR;
    const weight = title === 'all layers' ? 'font-weight="700" ' : '';
    parts.push(text(LEFT - 10, y + height / 2 + 4, TITLES[title] ?? title, `${weight}text-anchor="end"`));
    bars.forEach(({ name, times }, index) => {
      const top = y + index * BAR;
      const width = scale(times) - LEFT;
      parts.push(
        `<rect x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${BAR - 1.5}" fill="${colourOf(name)}"/>`,
      );
      if (isOurs(name)) {
        parts.push(text(scale(times) + 5, top + BAR - 1, `${times.toFixed(1)}×`, 'class="ours"'));
      }
    });
    y += height + GAP;
  }
  const upright = (times: number, kind: string) => {
    const x = scale(times).toFixed(1);
    return `<line x1="${x}" y1="${TOP - 8}" x2="${x}" y2="${y}" class="${kind}"/>`;
  };
  const lines = ticks(most).map((times) => {
    return (
      upright(times, 'grid') + text(scale(times), y + 14, `${times}×`, 'class="small" text-anchor="middle"')
    );
  });
  let x = LEFT;
  const legend = drawn.map((name) => {
    const entry = `<rect x="${x}" y="34" width="11" height="11" fill="${colourOf(name)}"/>${text(x + 16, 44, LABELS[name] ?? name)}`;
    x += 36 + 6.6 * (LABELS[name] ?? name).length;
    return entry;
  });
  const baseName = base === BASE ? 'onnxruntime-web (operands in its heap)' : base;
  const title = `Speed by class of layers, ${baseName} = 1×`;
  const note = `${report.cpu}, ${hostOf(report)}, ${inWords(report.threads)}; geometric means over the layers that both can do.`;
  const copied = report.names.filter((name) => drawn.includes(name) && !report.resident.includes(name));
  const operands = `Plain arrays copied in and out: ${copied.join(', ')}. All others work on operands in their own memory.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 58}" width="${WIDTH}" height="${y + 58}" role="img">
<title>${escaped(title)}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 10.5px; opacity: 0.75; }
  .ours { font-size: 10.5px; font-weight: 700; }
  .grid { stroke: #8a8f98; stroke-opacity: 0.25; }
  .one { stroke: #8a8f98; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
</style>
${text(LEFT, 20, title, 'class="title"')}
${legend.join('\n')}
${lines.join('\n')}
${parts.join('\n')}
${upright(1, 'one')}
${text(LEFT, y + 34, note, 'class="small"')}
${text(LEFT, y + 49, operands, 'class="small"')}
</svg>
`;
}
