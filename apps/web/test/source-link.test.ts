import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
// @ts-expect-error A plain script without declarations.
import { repositoryFields } from "../../../scripts/repository-fields.mjs";
import { sourceAddress, withSourceLink } from "../source-link.ts";

const html = readFileSync(join(import.meta.dirname, "../index.html"), "utf8");
const linkIn = (page: string): string | undefined => /<a id="source" href="([^"]*)"/.exec(page)?.[1];

it("links the source as soon as the owner has set the repository's address", () => {
  const page = withSourceLink(html, repositoryFields("https://github.com/owner/name", "apps/live"));
  expect(linkIn(page)).toBe("https://github.com/owner/name/tree/main/apps/live#readme");
  expect(page).toContain('price as text</a> · <a id="source"');
});

it("leaves nothing behind if the address is unknown", () => {
  const page = withSourceLink(html, {});
  expect(linkIn(page)).toBeUndefined();
  expect(page).not.toContain("<!-- source -->");
  expect(page).toMatch(/price as text<\/a>\s*<\/p>/);
});

it.each([
  ["the repository without a homepage", { repository: "git+https://a.example/b/c.git" }, "https://a.example/b/c"],
  ["an object's url", { repository: { type: "git", url: "https://a.example/b.git" } }, "https://a.example/b"],
  ["no address that runs a script", { homepage: "javascript:alert(1)" }, null],
  ["no address that a browser cannot open", { repository: "git@a.example:b/c.git" }, null],
  ["no word", { homepage: "soon", repository: { url: 1 } }, null],
])("links %s", (_, fields, address) => {
  expect(sourceAddress(fields)).toBe(address);
});

it("cannot leave the attribute", () => {
  expect(linkIn(withSourceLink(html, { homepage: 'https://a.example/"><script>&x' }))).toMatch(/^[^"<>]*&amp;x$/);
});
