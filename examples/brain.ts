// npm start: segments the grey and white matter of a brain, and draws the result.

import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Argument, Command } from 'commander';
import { loadSafetensors, tensor } from 'convnd';
import { checkWritable, dataFile, readBytes, run } from './files.js';
import { argmax, MeshNet, type Progress } from './meshnet.js';
import { readLabels, readVolume, writeLabels } from './nifti-files.js';
import { renderPage } from './page.js';
import { slices } from './slices.js';
import { colours, tally } from './tissues.js';

const supplied = dataFile('t1_crop.nii.gz');

interface Options {
  out: string;
  labels?: string;
  saveLabels?: string;
}

const program = new Command('npm start --')
  .description(
    'Segments the grey and white matter of a head MRI (T1) with MeshNet, ten Conv3d layers, and draws three slices.',
  )
  .addArgument(
    new Argument('[volume]', 'NIfTI file, .nii or .nii.gz, preferably from mri_convert --conform').default(
      supplied,
      'the volume in examples/data',
    ),
  )
  .option('-o, --out <png>', 'the picture to write', 'brain.png')
  .option('-l, --labels <file>', 'labels to compare with: NIfTI, or one byte a voxel; may be gzipped')
  .option('-s, --save-labels <nii.gz>', 'also write the labels as a NIfTI file')
  .addHelpText(
    'after',
    '\nExamples:\n  npm start\n  npm start -- head.nii.gz --out head.png --save-labels head-labels.nii.gz',
  )
  .allowExcessArguments(false)
  .showHelpAfterError('(--help lists arguments and options)');

async function main(path: string, { out, labels: expected, saveLabels }: Options): Promise<void> {
  for (const file of [out, saveLabels]) if (file !== undefined) checkWritable(file);
  const volume = readVolume(path);
  const compared = expected ?? (path === supplied ? dataFile('meshnet-gwm.labels.u8.gz') : undefined);
  const reference = compared === undefined ? undefined : readLabels(compared, volume);
  const [depth, height, width] = volume.shape;
  const size = `${width} × ${height} × ${depth} voxels`;
  const millimetres = volume.spacing.map((spacing) => Number(spacing.toFixed(3)));
  console.log(`${basename(path)}: ${size} of ${millimetres.join(' × ')} mm`);
  if (millimetres.some((spacing) => Math.abs(spacing - 1) > 0.1)) {
    console.log('note: the network was trained on voxels of 1 × 1 × 1 mm; with other sizes it finds less');
  }
  console.log();

  const network = new MeshNet(loadSafetensors(readBytes(dataFile('meshnet-gwm.safetensors'))));
  const start = performance.now();
  const scores = network.forward(tensor(volume.data, [1, 1, ...volume.shape]), table(network.layers.length));
  const labels = argmax(scores);
  const seconds = (performance.now() - start) / 1000;
  const taken = gigabytes();

  const millilitres = volume.spacing.reduce((a, b) => a * b) / 1000;
  const volumes = tally(labels).map((voxels) => `${(voxels * millilitres).toFixed(1)} ml`);
  console.log(`\nwhite matter ${volumes[1]}, grey matter ${volumes[2]}`);
  if (reference)
    console.log(`agreement with ${expected ?? "PyTorch's labels"}: ${agreement(labels, reference)}`);

  const view = volume.oriented
    ? "Radiological view: the patient's right (R) is on the left."
    : 'The file does not give the orientation of the head; assumed are x to the right, y to the front, z to the crown.';
  const draw = slices(volume, labels);
  const page = await renderPage({
    title: 'Grey and white matter of a brain, found by ten Conv3d layers',
    subtitle: `${basename(path)}, ${size}: segmented in ${seconds.toFixed(1)} s by convnd in WebAssembly`,
    legend: [
      { colour: `rgb(${colours[2]})`, text: `grey matter ${volumes[2]}` },
      { colour: `rgb(${colours[1]})`, text: `white matter ${volumes[1]}` },
    ],
    footer: view,
    rows: [draw([]), draw(colours)],
  });
  writeFileSync(out, page);
  console.log(`wrote ${out}. ${view}`);
  if (saveLabels !== undefined) {
    writeLabels(saveLabels, labels, volume, 'convnd MeshNet: 0 background, 1 white, 2 grey matter');
    console.log(`wrote ${saveLabels}`);
  }
  const all = (performance.now() / 1000).toFixed(2);
  console.log(
    `${seconds.toFixed(2)} s and ${taken} GB of memory at most for the network, ${all} s and ${gigabytes()} GB with the picture`,
  );
}

/** The peak memory of the process. */
function gigabytes(): string {
  return ((process.resourceUsage().maxRSS * 1024) / 1e9).toFixed(2);
}

/** Prints a line about each layer. */
function table(layers: number): Progress {
  let done = 0;
  return ({ inChannels, outChannels, kernelSize, dilation }, output, milliseconds) => {
    const name = `Conv3d ${inChannels} → ${outChannels}, kernel ${kernelSize[0]}, dilation ${dilation[0]}`;
    const operations = 2 * output.data.length * inChannels * kernelSize.reduce((a, b) => a * b);
    const speed = (operations / milliseconds / 1e6).toFixed(1);
    console.log(
      `${`${++done}/${layers}`.padStart(5)}  ${name.padEnd(36)}${milliseconds.toFixed(0).padStart(7)} ms ${speed.padStart(6)} GFLOP/s`,
    );
  };
}

function agreement(labels: Uint8Array, reference: Uint8Array): string {
  let equal = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === reference[i]) equal++;
  const percent = ((100 * equal) / labels.length).toFixed(4);
  return `${percent} % (${labels.length - equal} of ${labels.length} voxels differ)`;
}

program.action((volume: string, options: Options) => run(() => main(volume, options)));
await program.parseAsync();
