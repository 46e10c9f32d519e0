// Gradient tasks: what the entries of the third module read. Fields lie in memory as those of task.ts: i32 each, addresses and strides in
// bytes, counts in elements.

/** Read by all entries that sum products of a gradient's rows with rows of the input, shifted by each tap. */
export class WeightTask {
  groups: i32 = 0;
  filters: i32 = 0; // of a group
  taps: i32 = 0; // offsets in the table
  window: i32 = 0; // what the first output of the first group reads at offset 0
  windowGroup: i32 = 0;
  tapTable: i32 = 0; // u32[taps]: byte offset of each weight's input from there
  gradient: i32 = 0; // the first number of the first group
  gradientGroup: i32 = 0;
  gradientFilter: i32 = 0;
  runs: i32 = 0; // i32[runCount + 1]: where the rows of each run begin in the table
  runCount: i32 = 0;
  rowTable: i32 = 0; // four words a row: offsets in the gradient and in the window, and two that each entry has for itself
  sums: i32 = 0; // f64: the sums of all runs so far
  sumsFilter: i32 = 0;
}

/**
 * Read by weightPairs, which sums four taps at a time: a filter has so many as fill that up, the last one repeated. Rows have the bytes of
 * their whole vectors and the address of a mask of the rest, i32[4], or 0. The sums are f64[groups][filters][taps], with a filter more
 * where pairs are not full.
 */
export class WeightPairsTask extends WeightTask {
  tapsAtOnce: i32 = 0; // whose inputs stay in a cache while all filters meet them; a multiple of four
}

/**
 * Read by weightPlanes, which sums some taps of a channel at a time. Rows are those of one image, else as weightPairs reads them. The sums
 * are f64[groups][filters][channels][taps + 1], the last of no use.
 */
export class WeightPlanesTask extends WeightTask {
  channels: i32 = 0; // of a group
  images: i32 = 0;
  windowImage: i32 = 0; // where planes are read as they are
  windowChannel: i32 = 0;
  gradientImage: i32 = 0;
  tapsAtOnce: i32 = 0; // 5 or 3
  side: i32 = 0; // groups at a time, 4 or 1; planes of four are staged always, and they and the gradient are packed as f32[position][4]
  gradientNumbers: i32 = 0; // of a map of the gradient, where it is packed
  stage: i32 = 0; // a StageTask by which each plane is staged right before it is read; 0: planes are read as they are
  // where a plane is one row that is read as it is, and the row table has its outputs without zeros alone:
  rowStart: i32 = 0; // from the window of a plane to the first number of its row; beside the row are zeros
  rowBytes: i32 = 0;
  leftOutputs: i32 = 0; // outputs that meet zeros before the row
  innerOutputs: i32 = 0; // that meet none
  rightOutputs: i32 = 0; // that meet zeros behind it
}

/**
 * Read by packChannels and weightPanels: the window is packed as panels of eight channels, and taps are those of one channel. Rows have a
 * number of positions, and a word of no use. The sums are f64[groups][filters][panels][taps][8], with the filters of all tiles.
 */
export class WeightPanelsTask extends WeightTask {
  channels: i32 = 0; // of a group
  images: i32 = 0;
  channelWindow: i32 = 0; // the window as it is staged or lies in place; these five are its strides and its numbers of a channel
  channelImage: i32 = 0;
  channelGroup: i32 = 0;
  channelStride: i32 = 0;
  channelNumbers: i32 = 0;
  panelImage: i32 = 0; // bytes of one image of a panel
  filterTiles: i32 = 0; // tiles of five, four and three filters
  filterTable: i32 = 0; // i32[filterTiles + 1]: the first filter of each, then those of all tiles
  zeros: i32 = 0; // f32[5]
  target: i32 = 0; // f32[groups][filters][channels][taps], where an only run's sums go at once; else 0
}

/** Read by roundSums. */
export class RoundTask {
  sums: i32 = 0; // as in WeightTask
  sumsGroup: i32 = 0;
  sumsFilter: i32 = 0;
  sumsChannel: i32 = 0; // of so many channels as lanes are
  lanes: i32 = 0; // 8 where sums are those of panels, else 1
  filters: i32 = 0; // of a group
  channels: i32 = 0; // of a group
  taps: i32 = 0; // of a channel
  target: i32 = 0; // f32[groups][filters][channels][taps]
}

/** Read by maskAndSum. An item is a map of all images. */
export class MaskTask {
  images: i32 = 0;
  imageStride: i32 = 0; // these two and `count` of all three operands
  mapStride: i32 = 0;
  count: i32 = 0; // numbers of a map of an image
  gradient: i32 = 0;
  result: i32 = 0; // of the activation
  masked: i32 = 0; // where the masked gradient goes, which may be where the gradient lies
  sums: i32 = 0; // f64[maps]: the sums of maps are added here
  kind: i32 = 0; // 0: no activation, only sums; 1: relu and relu6; 2: leaky relu
  operand: i32 = 0; // the bits of an f32: from where on a result is cut, NaN for nowhere; or the slope
}
