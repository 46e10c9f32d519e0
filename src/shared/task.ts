// Tasks: the argument structs of wasm entries, shared by the TypeScript and the AssemblyScript code.
// AssemblyScript reads a task through changetype<GemmTask>(address). TypeScript writes the fields in order, those of the base
// class first, four bytes each.
//
// Every field is an i32. Addresses and strides are in bytes, counts in elements. A "map" is the depth x height x width elements of
// one channel or filter of one image; it is contiguous along the width, and an output map is contiguous along all axes.

/** Sums of products: read by all entries that compute outputs. */
export class SumTask {
  groups: i32 = 0;
  filters: i32 = 0; // per group, including those of all output classes that are computed together
  terms: i32 = 0; // products per output
  depth: i32 = 0; // outputs along each axis
  height: i32 = 0;
  width: i32 = 0;

  // The inputs. The tap table has the offset of each term from the position of an output.
  window: i32 = 0; // the input that the first output of the first group reads at tap 0
  windowImage: i32 = 0;
  windowGroup: i32 = 0;
  windowChannel: i32 = 0;
  windowDepth: i32 = 0;
  windowRow: i32 = 0;
  tapTable: i32 = 0; // u32[terms]: byte offsets in the window of a group, channels outermost

  // The weights, packed.
  weights: i32 = 0;
  bias: i32 = 0; // f32[groups][packedFilters], then ZERO_BIASES zeros
  packedFilters: i32 = 0; // filters of all register tiles of a group
  filterTiles: i32 = 0; // register tiles per group
  filterTable: i32 = 0; // i32[filterTiles + 1]: the first filter of each tile, then packedFilters

  // The outputs.
  target: i32 = 0;
  targetImage: i32 = 0;
  targetGroup: i32 = 0;
  targetFilter: i32 = 0;
}

/** Read by entries that can fuse an addend and an activation with the store of outputs. */
export class FinishedSumTask extends SumTask {
  finish: i32 = 0; // a FinishTask with the activation, and the addend of the outputs that begin at its target; 0: neither
}

/** Read by gemm. */
export class GemmTask extends FinishedSumTask {
  images: i32 = 0; // the pixels of a group are numbered through all images, so a pixel tile may span several
  termsAtOnce: i32 = 0; // K block: products summed in registers before they are added to the output
  pixelTilesAtOnce: i32 = 0; // N block: tiles of eight pixels whose panels are packed together
  pixelTilesAlong: i32 = 0; // of these, how many a filter tile is multiplied by before the next filter tile: their panels stay in the L1 cache
  filterTilesAtOnce: i32 = 0; // M block: filter tiles whose weights stay in the L2 cache
  filterParts: i32 = 0; // parts that the filter tiles of a group are divided into; an item covers one part
  enter: i32 = 0; // a FinishTask whose activation is applied to inputs as they are packed; 0: none
}

/** Read by direct (register tiles along rows) and directRows (one or two filters at a time, rows of at least sixteen pixels). */
export class DirectTask extends SumTask {
  stretch: i32 = 0; // outputs of a stretch of a row, a multiple of sixteen: its inputs stay in a cache for all filters
  piece: i32 = 0; // outputs of a row per item, a multiple of sixteen
  ahead: i32 = 0; // outputs whose inputs are prefetched together, if inputs come from memory; 0: no prefetch
}

/** Read by the depthwise entries that compute along rows. */
export class RowsTask extends SumTask {
  mapParts: i32 = 0; // parts that a map is divided into; an item is one part
}

/** Read by depthwiseRows and depthwiseLanes. */
export class StagedRowsTask extends RowsTask {
  stage: i32 = 0; // a StageTask that stages each plane right before it is read; 0: planes are read in place
  rowTerms: i32 = 0; // depthwiseRows, depthwiseLanes: {first, end}[depth][height]: byte offsets of the terms of a row of outputs that read no row of zeros; 0: all rows have all terms
}

/** Read by depthwiseLongRows: maps of a single long row, read in place. */
export class LongRowTask extends RowsTask {
  rowStart: i32 = 0; // byte offset of the row's first element from the window of a group; positions outside of the row are zeros
  rowBytes: i32 = 0;
  leftOutputs: i32 = 0; // outputs that read zeros before the row
  rightOutputs: i32 = 0; // outputs that read zeros after it
}

/** Read by depthwisePlanes: 3x3 kernels over planes that are read in place. */
export class PlaneTask extends FinishedSumTask {
  stride: i32 = 0; // 1 or 2
  rows: i32 = 0; // rows of the plane, beginning with the first one that is read
  zeroRows: i32 = 0; // rows of zero padding before it
  zeroLeft: i32 = 0; // 1: there is a column of zero padding before the first column
  zeroRight: i32 = 0; // 1: the last output reads one column of padding
  isFar: i32 = 0; // 1: prefetch bands of rows into the L1 cache before columns are read; not needed for inputs that were just copied
  mapParts: i32 = 0; // as in RowsTask
}

/** Read by winograd. */
export class WinogradTask extends FinishedSumTask {
  images: i32 = 0; // the tiles of a group are numbered through all images
  transform: i32 = 0; // see sizes.ts
  channels: i32 = 0; // per group
  kernels: i32 = 0; // kernels of the transform per channel and plane; each is a term
  kernelTaps: i32 = 0; // taps of one such kernel
  highEnd: i32 = 0; // the kernels of a plane before this one have a last tap along the height; the last row of elements sums only these
  wideBegin: i32 = 0; // the kernels from here to wideEnd have a last tap along the width; the last column of elements sums only these
  wideEnd: i32 = 0;
  planes: i32 = 0; // input planes along the depth that an output depends on
  livePlanes: i32 = 0; // range of the planes read by a tile that are not only zeros
  livePlanesEnd: i32 = 0;
  elements: i32 = 0; // elements of a transformed tile
  tileDepth: i32 = 0; // outputs of a tile along each axis
  tileHeight: i32 = 0;
  tileWidth: i32 = 0;
  depthGap: i32 = 0; // distance between two outputs of a tile along each axis
  heightGap: i32 = 0;
  widthGap: i32 = 0;
  depthAtOnce: i32 = 0; // outputs along the depth that are computed together
  termsAtOnce: i32 = 0; // see GemmTask
  tilesAtOnce: i32 = 0; // tiles that are transformed together, a multiple of eight
  filterTilesAtOnce: i32 = 0; // filter tiles whose products are transformed back together
  filterParts: i32 = 0; // see GemmTask
  marks: i32 = 0; // i32[groups][panels], initially zeros: set to 1 if an output of a panel of eight tiles is not finite
}

/** Read by inside: sums over existing inputs only, without padding. */
export class InsideTask extends SumTask {
  taps: i32 = 0; // per channel
  depthTaps: i32 = 0; // taps along each axis
  rowTaps: i32 = 0;
  columnTaps: i32 = 0;
  ranges: i32 = 0; // {first, end}[depthTaps + rowTaps + columnTaps]: the outputs along its axis for which each tap reads an input
  piece: i32 = 0; // outputs of a row per item
}

/** Read by stage, and by depthwise entries that stage planes themselves: copies the window of a block with padding, and splits rows by the stride. */
export class StageTask {
  groups: i32 = 0;
  channels: i32 = 0; // per group
  source: i32 = 0; // the input: [image][group][channel][depth][row][column]
  sourceImage: i32 = 0;
  sourceGroup: i32 = 0;
  sourceChannel: i32 = 0;
  sourceDepth: i32 = 0;
  sourceRow: i32 = 0;
  sourceMap: i32 = 0; // elements of a map
  staged: i32 = 0; // the copy: [image][group][channel][depth][row][column]
  stagedChannel: i32 = 0;
  stagedRow: i32 = 0;
  depthTable: i32 = 0; // i32[stagedDepths]: the input depth of each staged depth, or -1 for zeros
  stagedDepths: i32 = 0;
  rowTable: i32 = 0; // i32[stagedRows]: the input row of each staged row, or -1 for zeros
  stagedRows: i32 = 0;
  runs: i32 = 0; // {to, from or -1 for zeros, count, step, repeat}[]: the pieces of a staged row; {first to, from, count, second to, 0} for pairs
  runCount: i32 = 0;
  enter: i32 = 0; // stage only: a FinishTask whose activation is applied to staged maps, including their zeros; 0: none
  zerosStay: i32 = 0; // 1: the padding is all zeros, which need not be written again for the next map in the same place
}

/** Read by pack: converts weights to the layout that register tiles read. */
export class PackTask {
  filters: i32 = 0; // per group, including those of all output classes that are computed together
  channels: i32 = 0; // per group
  taps: i32 = 0; // kernel elements per output and channel
  terms: i32 = 0;
  termsAtOnce: i32 = 0; // see GemmTask
  raw: i32 = 0; // a piece of the original weights: the address that the first kernel of the first group, channel and filter would have
  rawGroup: i32 = 0; // strides within the piece
  rawChannel: i32 = 0;
  firstChannel: i32 = 0; // range of channels in the piece
  endChannel: i32 = 0;
  firstKernel: i32 = 0; // range of kernelTable offsets in the piece: its start and its size
  kernelBytes: i32 = 0;
  kernelTable: i32 = 0; // u32[filters]: byte offset of a filter's first kernel element
  elementTable: i32 = 0; // i32[classes][taps]: byte offset of a tap's kernel element from there; -1: the weight is zero
  weights: i32 = 0; // the packed weights
  packedFilters: i32 = 0; // these three: see SumTask
  filterTiles: i32 = 0;
  filterTable: i32 = 0;
}

/** Read by packWinograd, which also transforms each kernel. */
export class PackWinogradTask extends PackTask {
  classFilters: i32 = 0; // filters of one output class
  transform: i32 = 0; // these three: see WinogradTask
  kernelTaps: i32 = 0;
  elements: i32 = 0;
}

/** Read by interleave: interleaves the output classes of a transposed convolution. */
export class InterleaveTask {
  groups: i32 = 0;
  filters: i32 = 0; // per group and class
  depth: i32 = 0; // outputs along each axis
  height: i32 = 0;
  width: i32 = 0;
  parts: i32 = 0; // u32[depthPhases][rowPhases][columnPhases]: the address of each class's first output
  depthPhases: i32 = 0;
  rowPhases: i32 = 0;
  columnPhases: i32 = 0;
  partImage: i32 = 0; // strides, the same for every class
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
  computes: i32 = 0; // 1: rows are computed while they are interleaved: `parts` are the classes' SumTasks, and the strides those of the window
}

/** Read by finish: applies scale, addend and activation to contiguous elements, in place or with a copy. */
export class FinishTask {
  source: i32 = 0;
  target: i32 = 0;
  addend: i32 = 0; // `count` elements to add; 0: none
  count: i32 = 0;
  scale: i32 = 0; // the bits of an f32
  kind: i32 = 0; // an activation, see sizes.ts
  operand: i32 = 0; // the bits of an f32: the negative slope of a leaky relu, or the upper bound of a clamp
}

/** The working memory of entries, one per thread: a flag, and the addresses of buffers. */
export class Workspace {
  notFinite: i32 = 0; // set to 1 by winograd if an output is not finite; `marks` of its task says in which panels
  panel: i32 = 0; // gemm: [pixel tile][term][8]
  spareTile: i32 = 0; // gemm: a register tile that extends past the output
  transformed: i32 = 0; // winograd: the transformed inputs, then the products
  halfTransformed: i32 = 0; // winograd: four tiles transformed along one axis
  tileTable: i32 = 0; // winograd: an entry for each tile
  plane: i32 = 0; // depthwise: the staged plane
  spareRows: i32 = 0; // depthwisePlanes: vectors of outputs that extend past their rows; depthwiseRows and interleave: rows that are computed together; inside: a piece of a row, [output][filter]
  zeroRow: i32 = 0; // depthwisePlanes: a row of zeros, with an additional vector on both sides
  rowTable: i32 = 0; // depthwisePlanes: the offset of each row of a plane
  fourMaps: i32 = 0; // depthwiseLanes: the inputs of four interleaved maps, then their outputs
  laneWeights: i32 = 0; // depthwiseLanes: the bias and the weights of four filters
  places: i32 = 0; // weightPanels: the source address of each step
  touched: i32 = 0; // depthwisePlanes, direct, directRows, winograd: a dummy result of prefetching, never read
}
