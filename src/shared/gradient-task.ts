// The tasks of the module of gradients. As in task.ts, each field is an i32; addresses and strides are in bytes, counts in elements.

/** Read by all entries that sum products of rows of the output gradient with rows of the input, shifted by each tap. */
export class WeightTask {
  groups: i32 = 0;
  filters: i32 = 0; // per group
  taps: i32 = 0; // entries of the tap table
  window: i32 = 0; // the input that the first output of the first group reads at offset 0
  windowGroup: i32 = 0;
  tapTable: i32 = 0; // u32[taps]: byte offset of each weight's input from `window`
  gradient: i32 = 0; // the first element of the first group
  gradientGroup: i32 = 0;
  gradientFilter: i32 = 0;
  runs: i32 = 0; // i32[runCount + 1]: the index of each run's first row in the row table
  runCount: i32 = 0;
  rowTable: i32 = 0; // four words per row: offsets in the gradient and in the window, and two words specific to the entry
  sums: i32 = 0; // f64: the sums of all runs so far
  sumsFilter: i32 = 0;
}

/**
 * Read by weightPairs, which sums four taps at a time: the tap table is padded to a multiple of four by repeating the last tap. The last
 * two words of a row are the bytes of its whole vectors, and the address of the lane mask of the rest, i32[4], or 0. The sums are
 * f64[groups][filters][taps], with the filters rounded up to pairs.
 */
export class WeightPairsTask extends WeightTask {
  tapsAtOnce: i32 = 0; // taps whose inputs stay in a cache for all filters; a multiple of four
}

/**
 * Read by weightPlanes, which sums several taps of a channel at a time. The row table has the rows of one image, in the format of
 * WeightPairsTask. The sums are f64[groups][filters][channels][taps + 1]; the last one is unused.
 */
export class WeightPlanesTask extends WeightTask {
  channels: i32 = 0; // per group
  images: i32 = 0;
  windowImage: i32 = 0; // used if planes are read in place
  windowChannel: i32 = 0;
  gradientImage: i32 = 0;
  side: i32 = 0; // groups processed together, 4 or 1; four planes are always staged, and with the gradient packed as f32[position][4]
  gradientNumbers: i32 = 0; // elements of a map of the gradient, if it is packed
  rowAbove: i32 = 0; // not 0: two rows of three taps are summed at a time, with rows of the gradient so many bytes apart
  stage: i32 = 0; // a StageTask that stages each plane right before it is read; 0: planes are read in place
  // for planes of a single row that is read in place; the row table then has only the inner outputs:
  rowStart: i32 = 0; // byte offset of the row's first element from the window of a plane; positions outside of the row are zeros
  rowBytes: i32 = 0;
  leftOutputs: i32 = 0; // outputs that read zeros before the row
  innerOutputs: i32 = 0; // outputs that read no zeros
  rightOutputs: i32 = 0; // outputs that read zeros after the row
}

/**
 * Read by packChannels and weightPanels: the window is packed as panels of eight channels, and the tap table has the taps of one channel.
 * The last two words of a row are the number of its positions, and an unused word. The sums are f64[groups][filters][panels][taps][8],
 * with the filters of all tiles.
 */
export class WeightPanelsTask extends WeightTask {
  channels: i32 = 0; // per group
  images: i32 = 0;
  channelWindow: i32 = 0; // the window before packing, staged or in place; then its strides and the elements of a channel
  channelImage: i32 = 0;
  channelGroup: i32 = 0;
  channelStride: i32 = 0;
  channelNumbers: i32 = 0;
  panelImage: i32 = 0; // bytes of one image of a panel
  filterTiles: i32 = 0; // tiles of five, four and three filters
  filterTable: i32 = 0; // i32[filterTiles + 1]: the first filter of each tile, then their number
  zeros: i32 = 0; // f32[5]
  target: i32 = 0; // f32[groups][filters][channels][taps]: receives the sums directly if there is only one run; else 0
}

/** Read by roundSums. */
export class RoundTask {
  sums: i32 = 0; // as in WeightTask
  sumsGroup: i32 = 0;
  sumsFilter: i32 = 0;
  sumsChannel: i32 = 0; // stride of `lanes` channels
  lanes: i32 = 0; // channels per panel: 8 if the sums are those of panels, else 1
  filters: i32 = 0; // per group
  channels: i32 = 0; // per group
  taps: i32 = 0; // per channel
  target: i32 = 0; // f32[groups][filters][channels][taps]
}

/** Read by maskAndSum. An item is one map, in all images. */
export class MaskTask {
  images: i32 = 0;
  imageStride: i32 = 0; // the strides and `count` are the same for all three operands
  mapStride: i32 = 0;
  count: i32 = 0; // elements of a map of one image
  gradient: i32 = 0;
  result: i32 = 0; // the result of the activation
  masked: i32 = 0; // receives the masked gradient; may be equal to `gradient`
  sums: i32 = 0; // f64[maps]: the sum of each map is added here
  kind: i32 = 0; // 0: no activation, only sums; 1: relu and relu6; 2: leaky relu
  operand: i32 = 0; // the bits of an f32: the upper bound of a clamp, NaN for none; or the negative slope
}
