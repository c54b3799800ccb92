/**
 * The page's element with this id. Page and script are built together, so a missing one is a bug.
 */
export function pageElement<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element "${id}"`);
  return element as T;
}
