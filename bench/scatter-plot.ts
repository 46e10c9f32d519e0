// Draws the scatter plot of random problems: GFLOP/s by work, each connected to its reference problem with round sizes.

export interface Point {
  readonly flops: number;
  readonly gflops: number;
  /** GFLOP/s of the reference problem. */
  readonly beside: number;
  readonly algorithm: string;
}

const COLOURS: Record<string, string> = {
  depthwise: '#3b82c4',
  winograd: '#e8590c',
  direct: '#3f9b62',
  gemm: '#9a6fc9',
};

const [WIDTH, HEIGHT] = [860, 420];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 52, 44];

/** The text of an SVG file for light and dark pages. */
export function scatterPlot(points: readonly Point[]): string {
  const decades = [6, 9].map((power) => 10 ** power);
  const most = Math.max(...points.flatMap(({ gflops, beside }) => [gflops, beside]));
  const x = (flops: number) =>
    LEFT + (Math.log(flops / decades[0]) / Math.log(decades[1] / decades[0])) * (WIDTH - LEFT - RIGHT);
  const y = (gflops: number) => HEIGHT - BOTTOM - (gflops / most) * (HEIGHT - TOP - BOTTOM);
  const marks = points.map(({ flops, gflops, beside, algorithm }) => {
    const at = x(flops).toFixed(1);
    const colour = COLOURS[algorithm];
    return (
      `<line x1="${at}" x2="${at}" y1="${y(gflops).toFixed(1)}" y2="${y(beside).toFixed(1)}" stroke="${colour}" stroke-opacity="0.35"/>` +
      `<circle cx="${at}" cy="${y(gflops).toFixed(1)}" r="3" fill="${colour}"/>`
    );
  });
  const grid = [0, 1, 2, 3, 4, 5].map((fifth) => {
    const gflops = (most * fifth) / 5;
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(gflops)}" y2="${y(gflops)}" class="grid"/><text x="${LEFT - 8}" y="${y(gflops) + 4}" text-anchor="end">${gflops.toFixed(0)}</text>`;
  });
  const scale = [1e6, 1e7, 1e8, 1e9].map(
    (flops) => `<text x="${x(flops)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${flops / 1e6}</text>`,
  );
  const legend = Object.entries(COLOURS).map(
    ([name, colour], index) =>
      `<circle cx="${LEFT + 6 + 110 * index}" cy="36" r="4" fill="${colour}"/><text x="${LEFT + 16 + 110 * index}" y="40">${name}</text>`,
  );
  const title = `${points.length} random problems: GFLOP/s over MFLOP of work`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>${title}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; font-weight: 600; }
  .grid { stroke: #8a8f98; stroke-opacity: 0.25; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
</style>
<text x="${LEFT}" y="20" class="title">${title}</text>
${legend.join('\n')}
<text x="${WIDTH - RIGHT}" y="40" text-anchor="end">a line leads to the neighbour with round sizes</text>
${grid.join('\n')}
${scale.join('\n')}
${marks.join('\n')}
<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">MFLOP</text>
</svg>
`;
}
