// Rooms: resident tensors by name, made once, so that a network's second pass allocates nothing.

import { type ResidentTensor, resident, tensor } from 'convnd';

interface Room {
  readonly memory: ResidentTensor;
  /** the memory, or its beginning, in the shape that was taken last */
  tensor: ResidentTensor;
}

export class Rooms {
  readonly #rooms = new Map<string, Room>();

  /** A tensor in the memory of that name: what was taken from it before, in whatever shape, is overwritten. */
  take(name: string, shape: readonly number[]): ResidentTensor {
    let room = this.#rooms.get(name);
    if (room?.tensor.shape.length === shape.length && room.tensor.shape.every((size, i) => size === shape[i]))
      return room.tensor;
    const count = shape.reduce((a, b) => a * b, 1);
    if (!room || room.memory.shape[0] < count) {
      room?.memory.dispose();
      const memory = resident({ shape: [count] });
      room = { memory, tensor: memory };
      this.#rooms.set(name, room);
    }
    room.tensor = tensor(room.memory.channels(0, count, { axis: 0 }), shape) as ResidentTensor;
    return room.tensor;
  }
}
