/** An SVG element with attributes and content. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: (Element | string)[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  element.append(...content);
  return element;
}
