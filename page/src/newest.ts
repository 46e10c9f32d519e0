// Of tasks that are started one after the other, such as loading files, only the newest counts: the result of an earlier one is dropped.

export class Newest {
  #turn = 0;

  /** The result of a task, or undefined if a newer one has begun meanwhile, even if the task failed. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.drop();
    const mine = this.#turn;
    try {
      const result = await work();
      return mine === this.#turn ? result : undefined;
    } catch (error) {
      if (mine === this.#turn) throw error;
      return undefined;
    }
  }

  /** The result of the running task is no longer wanted. */
  drop(): void {
    this.#turn++;
  }
}
