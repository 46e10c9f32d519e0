// Recent: a map of limited size that evicts the entry that was set least recently.

/** A map with at most `most` entries. */
export class Recent<K, V> {
  readonly #values = new Map<K, V>();

  constructor(readonly most: number) {}

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** Sets a value, which makes it the most recent one, and evicts the oldest entry if there are too many. */
  set(key: K, value: V): V {
    // a Map iterates in insertion order
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.most) {
      const [oldest] = this.#values.keys();
      this.#values.delete(oldest);
    }
    return value;
  }

  delete(key: K): void {
    this.#values.delete(key);
  }
}
