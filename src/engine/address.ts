// Address: where a tensor lies in wasm memory, for those who take tensors of any kind.
//
// The reader is a variable that the first resident tensor sets. So who asks leads to no resident tensors, and a bundle that makes none has
// no class of them.

/** The reader, once there are resident tensors. */
export const places: { addressOf?: (tensor: object) => number } = {};

/**
 * The address of a resident tensor's numbers, which follow one another, or -1 for any other tensor.
 * @throws Error for one that is disposed
 * @throws RangeError for channels of several images, between which others lie
 */
export function addressOf(tensor: object): number {
  return places.addressOf?.(tensor) ?? -1;
}
