/** The element of the page with this id. The page and its script are built together: one that is missing is a fault of ours. */
export function pageElement<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element "${id}"`);
  return element as T;
}
