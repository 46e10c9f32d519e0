// Says that a part of the page is about to change, by `aria-busy`: for screen readers, and for tests that wait until it has.

const counts = new WeakMap<Element, number>();

/** Marks an element as busy, from now on until all work that was begun on it has ended. */
export async function busyWhile<T>(element: Element, work: () => Promise<T>): Promise<T> {
  const add = (change: number) => {
    const count = (counts.get(element) ?? 0) + change;
    counts.set(element, count);
    element.setAttribute('aria-busy', String(count > 0));
  };
  add(1);
  try {
    return await work();
  } finally {
    add(-1);
  }
}
