import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The fields of package.json that name the program's source. */
export interface SourceFields {
  readonly homepage?: unknown;
  readonly repository?: unknown;
}

/** Those of the published program; the owner sets them once (docs/releasing.md). */
export const programFields = (): SourceFields =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../live/package.json"), "utf8")) as SourceFields;

/**
 * Address of the source, `homepage` before `repository`; null if neither is a page that a browser
 * opens.
 */
export function sourceAddress({ homepage, repository }: SourceFields): string | null {
  const url =
    typeof repository === "object" && repository !== null && "url" in repository ? repository.url : repository;
  const page = typeof url === "string" ? url.replace(/^git\+/, "").replace(/\.git$/, "") : undefined;
  for (const address of [homepage, page])
    if (typeof address === "string" && URL.canParse(address) && new URL(address).protocol === "https:")
      return new URL(address).href;
  return null;
}

/** Links the program's source in "About", or removes the link's place if its address is unknown. */
export function withSourceLink(html: string, fields: SourceFields): string {
  const address = sourceAddress(fields)?.replaceAll("&", "&amp;").replaceAll('"', "%22");
  const link =
    address === undefined
      ? ""
      : ` · <a id="source" href="${address}" target="_blank" rel="noopener noreferrer">source code</a>`;
  return html.replace("<!-- source -->", () => link);
}
