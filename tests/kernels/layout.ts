// Layouts for the specs: images, groups and their maps in any order, with NaN between them, so that a read or write there is
// noticed.

import { below, block, fill } from './memory';

/** Strides in bytes. */
export class Layout {
  image: i32 = 0;
  group: i32 = 0;
  map: i32 = 0;
  /** numbers from the start of the first map to the end of the last */
  size: i32 = 0;

  constructor(
    public images: i32,
    public groups: i32,
    public maps: i32,
    public mapNumbers: i32,
  ) {}

  /** Byte offset of a map. */
  offset(image: i32, group: i32, map: i32): i32 {
    return image * this.image + group * this.group + map * this.map;
  }

  /** A block of NaN. */
  empty(): usize {
    return block(this.size);
  }

  /** A block of numbers, with NaN between the maps. */
  filled(whole: bool): usize {
    const address = this.empty();
    for (let image = 0; image < this.images; image++) {
      for (let group = 0; group < this.groups; group++) {
        for (let map = 0; map < this.maps; map++) {
          fill(address + this.offset(image, group, map), this.mapNumbers, whole);
        }
      }
    }
    return address;
  }
}

/** A random layout: any axis innermost, one layout in four without gaps. */
export function layoutOf(images: i32, groups: i32, maps: i32, mapNumbers: i32): Layout {
  const sizes = [images, groups, maps];
  const strides = [0, 0, 0];
  const first = below(3);
  const next = 1 + below(2);
  const gap = below(4) == 0 ? 1 : 8;
  let stride = mapNumbers + below(gap);
  for (let i = 0; i < 3; i++) {
    const axis = (first + i * next) % 3;
    strides[axis] = stride << 2;
    stride = stride * sizes[axis] + below(gap);
  }
  const layout = new Layout(images, groups, maps, mapNumbers);
  layout.image = strides[0];
  layout.group = strides[1];
  layout.map = strides[2];
  layout.size = stride;
  return layout;
}
