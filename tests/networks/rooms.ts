// Rooms: resident tensors by name, made once for a shape, so that a network's second pass allocates nothing.

import { type ResidentTensor, resident } from 'convnd';

export class Rooms {
  readonly #rooms = new Map<string, ResidentTensor>();

  /** The tensor of that name; another one where the shape changed. */
  take(name: string, shape: readonly number[]): ResidentTensor {
    let room = this.#rooms.get(name);
    if (room?.shape.length !== shape.length || room.shape.some((size, axis) => size !== shape[axis])) {
      room?.dispose();
      room = resident({ shape });
      this.#rooms.set(name, room);
    }
    return room;
  }
}
