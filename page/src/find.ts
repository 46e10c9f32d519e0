// Finds the elements of a page's HTML by their ids.

/** @throws Error immediately if the page lacks it, instead of later where it is used */
export function find<T extends Element = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element '${id}'`);
  return element as unknown as T;
}
