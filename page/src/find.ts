// The elements that a page's HTML has by their ids.

/** @throws Error if the page lacks it, at once rather than where it is used */
export function find<T extends Element = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element '${id}'`);
  return element as unknown as T;
}
