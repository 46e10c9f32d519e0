// Recent: a map of bounded size, which forgets what was set longest ago.

/** Values by their keys, at most so many. */
export class Recent<K, V> {
  readonly #values = new Map<K, V>();

  constructor(readonly most: number) {}

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** Remembers a value, known before or not, as the last one to be forgotten, and forgets the first of too many. */
  set(key: K, value: V): V {
    // a map keeps the order in which keys were set
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
