// Tasks: what one call of a wasm entry reads, as it lies in memory. The one definition that both compilers read.
// AssemblyScript reads a task through changetype<GemmTask>(address). TypeScript writes the fields in order, those of the base
// class first, four bytes each.
//
// Every field is an i32. Addresses and strides are in bytes, counts in elements. A "map" is the depth x height x width numbers of
// one channel or filter of one image; it is dense along the width, and an output map is dense along all axes.

/** Sums of products: what all entries that compute outputs read. */
export class SumTask {
  groups: i32 = 0;
  filters: i32 = 0; // of a group, those of all classes of outputs that are computed together
  terms: i32 = 0; // products of one output
  depth: i32 = 0; // outputs along each axis
  height: i32 = 0;
  width: i32 = 0;

  // The inputs. A tap table says how far from the place of an output each of its terms lies.
  window: i32 = 0; // what the first output of the first group reads at tap 0
  windowImage: i32 = 0;
  windowGroup: i32 = 0;
  windowChannel: i32 = 0;
  windowDepth: i32 = 0;
  windowRow: i32 = 0;
  tapTable: i32 = 0; // u32[terms]: byte offsets in the window of a group, channels outermost

  // The weights, packed.
  weights: i32 = 0;
  bias: i32 = 0; // f32[groups][packedFilters], then one register tile of zeros
  packedFilters: i32 = 0; // filters of all register tiles of a group
  filterTiles: i32 = 0; // register tiles that the filters of a group are divided among
  filterTable: i32 = 0; // i32[filterTiles + 1]: the first filter of each, then packedFilters

  // The outputs.
  target: i32 = 0;
  targetImage: i32 = 0;
  targetGroup: i32 = 0;
  targetFilter: i32 = 0;
}

/** Read by entries whose outputs may be added to and pass an activation as they are stored. */
export class FinishedSumTask extends SumTask {
  finish: i32 = 0; // a FinishTask with that activation, and the addend of all outputs where they begin at its target; 0: neither
}

/** Read by gemm. */
export class GemmTask extends FinishedSumTask {
  images: i32 = 0; // tiles of pixels may span several: the pixels of a group are numbered through all images
  termsAtOnce: i32 = 0; // products summed in registers before they are added to the output
  pixelTilesAtOnce: i32 = 0; // tiles of eight pixels whose panels are packed together
  filterTilesAtOnce: i32 = 0; // filter tiles whose weights stay in the second-level cache
  filterParts: i32 = 0; // parts of the filter tiles of a group that are items of their own
  enter: i32 = 0; // a FinishTask whose activation inputs pass as they are packed; 0: none
}

/** Read by direct, register tiles along rows, and directRows: one or two filters at a time, along rows of sixteen pixels and more. */
export class DirectTask extends SumTask {
  stretch: i32 = 0; // outputs of a stretch of a row, a multiple of sixteen: what all filters read for it stays in a cache while they pass by
  piece: i32 = 0; // outputs of a row that are an item, a multiple of sixteen
  ahead: i32 = 0; // of so many outputs the inputs are brought into a cache together before they are summed, as they come from memory; 0: none
}

/** Read by the depthwise entries that compute along rows. */
export class RowsTask extends SumTask {
  mapParts: i32 = 0; // parts of a map that are items of their own
}

/** Read by depthwiseRows, depthwiseVectors, depthwiseNarrow and depthwiseLanes. */
export class StagedRowsTask extends RowsTask {
  stage: i32 = 0; // a StageTask by which each plane is staged right before it is read; 0: planes are read as they are
  rowTerms: i32 = 0; // depthwiseRows, depthwiseLanes: {first, end}[depth][height]: byte offsets of the terms of a row of outputs, the others meet rows of zeros; 0: all rows have all
}

/** Read by depthwiseLongRows: maps that are one long row, read as they are. */
export class LongRowTask extends RowsTask {
  rowStart: i32 = 0; // from the window of a group to the first number of its row; beside the row are zeros
  rowBytes: i32 = 0;
  leftOutputs: i32 = 0; // outputs that read zeros before the row
  rightOutputs: i32 = 0; // and behind it
}

/** Read by depthwisePlanes: planes of a 3x3 kernel, read as they are. */
export class PlaneTask extends FinishedSumTask {
  stride: i32 = 0; // 1 or 2
  rows: i32 = 0; // rows of the plane from the first that is read
  zeroRows: i32 = 0; // rows of zeros before it
  zeroLeft: i32 = 0; // 1 where a column of zeros stands before the first
  zeroRight: i32 = 0; // 1 where the last output reads one column past the last
  isFar: i32 = 0; // 1 where bands of rows are brought into a first-level cache before columns are read; what was just copied in is near enough
  mapParts: i32 = 0; // as in RowsTask
}

/** Read by winograd. */
export class WinogradTask extends FinishedSumTask {
  images: i32 = 0; // the tiles of a group are numbered through all images
  transform: i32 = 0; // one of sizes.ts
  channels: i32 = 0; // of a group
  kernels: i32 = 0; // kernels of the transform in a channel and plane; each is a term
  kernelTaps: i32 = 0; // taps of one of them
  highEnd: i32 = 0; // the kernels of a plane before this one have a last tap along the height; the last row of elements takes only these
  wideBegin: i32 = 0; // those from here to wideEnd have one along the width; the last column of elements takes only these
  wideEnd: i32 = 0;
  planes: i32 = 0; // planes of inputs along the depth that go into an output
  livePlanes: i32 = 0; // of those that a tile reads, the first that has other inputs than zeros; and the one behind the last
  livePlanesEnd: i32 = 0;
  elements: i32 = 0; // elements of a transformed tile
  tileDepth: i32 = 0; // outputs of a tile along each axis
  tileHeight: i32 = 0;
  tileWidth: i32 = 0;
  depthGap: i32 = 0; // outputs from one of a tile to the next
  heightGap: i32 = 0;
  widthGap: i32 = 0;
  depthAtOnce: i32 = 0; // outputs along the depth that are computed at a time
  termsAtOnce: i32 = 0; // as in GemmTask
  tilesAtOnce: i32 = 0; // tiles that are transformed together, a multiple of eight
  filterTilesAtOnce: i32 = 0; // filter tiles whose products are transformed back together
  filterParts: i32 = 0; // as in GemmTask
  notes: i32 = 0; // i32[groups][panels], zeros: each is set to 1 where an output of that panel of eight tiles is not finite
}

/** Read by inside: sums over inputs that exist. */
export class InsideTask extends SumTask {
  taps: i32 = 0; // of a channel
  ranges: i32 = 0; // {depth, row, column}[2][taps]: the first outputs along each axis for which a tap meets an input, and the ends
}

/** Read by stage, and by depthwise entries that stage themselves: copies the window of a block, padded, with rows split by the stride of the outputs. */
export class StageTask {
  groups: i32 = 0;
  channels: i32 = 0; // of a group
  source: i32 = 0; // the input: [image][group][channel][depth][row][column]
  sourceImage: i32 = 0;
  sourceGroup: i32 = 0;
  sourceChannel: i32 = 0;
  sourceDepth: i32 = 0;
  sourceRow: i32 = 0;
  sourceMap: i32 = 0; // numbers of a map, whose depths follow one another
  staged: i32 = 0; // the copy: [image][group][channel][depth][row][column]
  stagedChannel: i32 = 0;
  stagedRow: i32 = 0;
  depthTable: i32 = 0; // i32[stagedDepths]: the depth that a staged depth shows, or -1 for zeros
  stagedDepths: i32 = 0;
  rowTable: i32 = 0; // i32[stagedRows], likewise
  stagedRows: i32 = 0;
  runs: i32 = 0; // {to, from or -1 for zeros, count, step, repeat}[]: how a staged row is put together; {first to, from, count, second to, 0} for pairs
  runCount: i32 = 0;
  enter: i32 = 0; // stage: a FinishTask whose activation maps pass where they are staged, zeros and all; 0: none
  zerosStay: i32 = 0; // 1 where only zeros stand around a map: they needn't be written again for the next in the same place
}

/** Read by pack: weights as they are given, into the order in which register tiles read them. */
export class PackTask {
  filters: i32 = 0; // of a group, those of all classes of outputs that are computed together
  channels: i32 = 0; // of a group
  taps: i32 = 0; // kernel elements that an output meets
  terms: i32 = 0;
  termsAtOnce: i32 = 0; // as in GemmTask
  raw: i32 = 0; // a piece of the weights as given: where the first kernel of the first group, channel and filter would lie
  rawGroup: i32 = 0; // strides within the piece
  rawChannel: i32 = 0;
  firstChannel: i32 = 0; // of the piece; and the one behind its last
  endChannel: i32 = 0;
  firstKernel: i32 = 0; // it has the kernels of so many bytes of offsets in the table, from this one on
  kernelBytes: i32 = 0;
  kernelTable: i32 = 0; // u32[filters]: byte offset of the first kernel element that a filter meets
  elementTable: i32 = 0; // i32[taps]: byte offset of a tap's kernel element from there; -1: it counts as zero
  weights: i32 = 0; // where they go
  packedFilters: i32 = 0; // these three as in SumTask
  filterTiles: i32 = 0;
  filterTable: i32 = 0;
}

/** Read by packWinograd, which transforms each kernel. */
export class PackWinogradTask extends PackTask {
  transform: i32 = 0; // these three as in WinogradTask
  kernelTaps: i32 = 0;
  elements: i32 = 0;
}

/** Read by interleave: weaves the classes of outputs of a transposed convolution into the outputs. */
export class InterleaveTask {
  groups: i32 = 0;
  filters: i32 = 0; // of a group and class
  depth: i32 = 0; // outputs along each axis
  height: i32 = 0;
  width: i32 = 0;
  parts: i32 = 0; // u32[depthPhases][rowPhases][columnPhases]: where the first output of each class lies
  depthPhases: i32 = 0;
  rowPhases: i32 = 0;
  columnPhases: i32 = 0;
  partImage: i32 = 0; // strides of every class
  partGroup: i32 = 0;
  partFilter: i32 = 0;
  partDepth: i32 = 0;
  partRow: i32 = 0;
  target: i32 = 0;
  targetImage: i32 = 0;
  targetGroup: i32 = 0;
  targetFilter: i32 = 0;
  targetDepth: i32 = 0;
  targetRow: i32 = 0;
  computes: i32 = 0; // 1: rows are computed as they are woven: `parts` are the classes' SumTasks, and the strides those of the window
}

/** Read by finish: a run of numbers, in the place where they are or on their way to another. */
export class FinishTask {
  source: i32 = 0;
  target: i32 = 0;
  addend: i32 = 0; // as many numbers that are added; 0: none
  count: i32 = 0; // numbers of the run
  scale: i32 = 0; // the bits of an f32
  kind: i32 = 0; // an activation of sizes.ts
  operand: i32 = 0; // the bits of an f32: the slope of a leaky relu, or the most that a clamp lets pass
}

/** What a runner of calls has for itself, one for each thread: a flag, and the addresses of what entries work in. */
export class Workspace {
  notFinite: i32 = 0; // set to 1 by winograd where an output is not finite; the notes of its task say in which panels
  panel: i32 = 0; // gemm: [pixel tile][term][8]
  spareTile: i32 = 0; // gemm, inside: a register tile, for one that sticks out of the output
  termList: i32 = 0; // inside: the terms of a row of outputs
  transformed: i32 = 0; // winograd: the transformed inputs, then the products
  halfTransformed: i32 = 0; // winograd: four tiles transformed along one axis
  tileTable: i32 = 0; // winograd: an entry for each tile
  plane: i32 = 0; // depthwise: the staged plane
  spareRows: i32 = 0; // depthwiseNarrow, depthwisePlanes and interleave: vectors of outputs that go beyond their rows
  zeroRow: i32 = 0; // depthwisePlanes: a row of zeros, with a vector more on both sides
  rowTable: i32 = 0; // depthwisePlanes: where each row of a plane lies
  fourMaps: i32 = 0; // depthwiseLanes: the inputs of four maps side by side, then their outputs
  laneWeights: i32 = 0; // depthwiseLanes: the bias and the weights of four filters
  places: i32 = 0; // depthwiseVectors: where four vectors are read and written; weightPanels: where each step is read
  touched: i32 = 0; // depthwisePlanes, direct, directRows, winograd: what bringing lines into the cache adds up to; nobody reads it
}
