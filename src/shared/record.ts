// The plan's record in memory: the one definition that both compilers read.
// AssemblyScript looks at it through changetype<PlanRecord>(address); TypeScript writes its fields in order, four bytes each.
// Every field is an i32: a count, a byte stride, or a byte address. Strides and addresses are in bytes, counts in elements.

/** What one wasm entry needs to know about its part of a plan. */
export class PlanRecord {
  // The input as it was loaded: [image][channel][depth][row][column], channels of all groups.
  source: i32 = 0; // for interleave a table, u32[depth steps][row steps][steps]: where the first output of each phase lies
  sourceChannel: i32 = 0;
  sourceDepth: i32 = 0;
  sourceRow: i32 = 0;

  // The padded copy the kernels read, same order; rows are split by the step of the outputs.
  staged: i32 = 0;
  stagedChannel: i32 = 0;
  stagedDepth: i32 = 0;
  stagedRow: i32 = 0;
  stagedDepths: i32 = 0;
  stagedRows: i32 = 0;
  depthMap: i32 = 0; // i32[stagedDepths]: the loaded depth a staged depth shows, or -1 for zeros
  rowMap: i32 = 0; // i32[stagedRows], likewise
  runs: i32 = 0; // {to, from or -1, count, step}[]: how a staged row is put together
  runCount: i32 = 0;
  zeros: i32 = 0; // 1 where zeros stand around a map, not copies of its elements

  // Maps of one long row that are read in place.
  inner: i32 = 0; // what the first tap of the first output would read, were it there; 0 where maps are staged
  leftOutputs: i32 = 0; // outputs that read zeros before the row
  rightOutputs: i32 = 0; // and behind it

  // Depthwise maps that are brought a few at a time, always to the same place.
  firstItem: i32 = 0; // what the first of them is among all

  // The sizes, per group.
  groups: i32 = 0;
  channels: i32 = 0;
  filters: i32 = 0; // those of every class of outputs that reads the same
  taps: i32 = 0; // kernel elements that meet this phase
  terms: i32 = 0; // channels x taps: the products of one output
  depth: i32 = 0; // outputs of this phase
  height: i32 = 0;
  width: i32 = 0;
  tapTable: i32 = 0; // u32[terms]: byte offset in the staged window of the group

  // Weights as given, for packing: [filter or channel][channel or filter][kernel].
  raw: i32 = 0; // they lie there only while they are packed
  rawGroup: i32 = 0;
  rawChannel: i32 = 0;
  rowTable: i32 = 0; // u32[filters]: byte offset of the kernel of a row
  kernelTable: i32 = 0; // i32[taps]: byte offset of the kernel element of a tap, -1 for none

  // Weights as the kernels read them.
  weights: i32 = 0;
  bias: i32 = 0; // f32[groups][packed rows]
  filterTiles: i32 = 0; // register tiles that the filters are divided among
  filterTable: i32 = 0; // i32[filterTiles + 1]: the first row of each, and
  packedRows: i32 = 0; // the rows of all
  termsBlock: i32 = 0; // products summed in registers before they are added to the output

  // The result of this phase: [image][filter][depth][height][width].
  target: i32 = 0;
  targetFilter: i32 = 0;

  // Work space.
  panel: i32 = 0; // [pixel tile][term][8]
  panelTiles: i32 = 0;
  tileOutputs: i32 = 0; // outputs of a Winograd tile along the width: 4 of 6 inputs, or 3 of 4
  tileRows: i32 = 0; // outputs of a tile along the height: as many, or 1
  tileDepth: i32 = 0; // and along the depth
  tileStretch: i32 = 0; // of which so many are computed at a time
  tileElements: i32 = 1; // elements of a transformed tile: side x side, or side for a tile along the width
  tileGap: i32 = 0; // outputs from one of a tile along the width to the next; the same along height and depth
  tileRowGap: i32 = 0;
  tileDepthGap: i32 = 0;
  tilePlanes: i32 = 1; // planes of inputs along the depth that go into an output
  tilesTogether: i32 = 0; // filter tiles whose weights stay in the second cache
  edge: i32 = 0; // one register tile, for tiles that stick out; or a transformed tile and the tile table
  flag: i32 = 0; // i32, set to 1 where an output is not finite and another algorithm must see to it

  // A plane that a 3x3 depthwise kernel reads as it is, its zeros imagined.
  planeStep: i32 = 0; // 1 or 2; 0 where planes are staged
  planeRows: i32 = 0; // rows there are
  planeTop: i32 = 0; // rows of zeros before the first
  planeLeft: i32 = 0; // 1 where a column of zeros stands before the first
  planeRight: i32 = 0; // 1 where the last output reads one column past the last

  // Interleaving the phases of a transposed convolution into the depth x height x width outputs of `target`.
  depthStep: i32 = 0; // phases along the depth: outputs from one to the next of the same phase
  rowStep: i32 = 0;
  step: i32 = 0;
  sourceSkip: i32 = 0; // bytes of the maps of other phases that lie between two groups of maps
  outDepth: i32 = 0;
  outRow: i32 = 0;

  // Activation of the finished block: `width` outputs at `target`.
  operand: i32 = 0; // the bits of an f32: the slope of a leaky relu, or the most that a clamp lets pass
}
