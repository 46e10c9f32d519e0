// Of files that are asked for one after the other only the newest counts: one that loads slower than the next is dropped.

export class Newest {
  #turn = 0;

  /** What was loaded, or nothing if something newer was asked for by then; then it doesn't matter either if loading failed. */
  async load<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.drop();
    const mine = this.#turn;
    try {
      const loaded = await work();
      return mine === this.#turn ? loaded : undefined;
    } catch (error) {
      if (mine === this.#turn) throw error;
      return undefined;
    }
  }

  /** What is still being loaded is not wanted any more. */
  drop(): void {
    this.#turn++;
  }
}
