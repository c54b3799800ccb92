/** The views of the page: the live chart, or so much of the history. */
export const VIEWS = ["live", "3h", "24h", "7d", "90d"] as const;
export type View = (typeof VIEWS)[number];

/** What the address of the page asks for. */
export interface PageAddress {
  readonly view: View;
  /** A part of the view, Unix seconds; null for all of it. */
  readonly range: { readonly start: number; readonly end: number } | null;
  readonly isEmbedded: boolean;
  readonly theme: string | null;
  readonly panels: string | null;
}

/** Unix seconds until the year 5138. */
const SECONDS_MAX = 1e11;

/** Reads `?view=7d&from=…&to=…&embed&theme=light&panels=price`. What is not valid is ignored. */
export function readAddress(search: string): PageAddress {
  const query = new URLSearchParams(search);
  const view = VIEWS.find((name) => name === query.get("view")) ?? "live";
  const [start, end] = ["from", "to"].map((name) => Number(query.get(name) ?? Number.NaN)) as [number, number];
  const isRange = view !== "live" && start > 0 && end > start && end < SECONDS_MAX;
  return {
    view,
    range: isRange ? { start, end } : null,
    isEmbedded: query.has("embed"),
    theme: query.get("theme"),
    panels: query.get("panels"),
  };
}

/** The query for a view, keeping what else the page was opened with. */
export function viewQuery(search: string, view: View, range: { start: number; end: number } | null): string {
  const query = new URLSearchParams(search);
  for (const name of ["view", "from", "to"]) query.delete(name);
  if (view !== "live") query.set("view", view);
  if (range !== null && view !== "live") {
    query.set("from", String(Math.round(range.start)));
    query.set("to", String(Math.round(range.end)));
  }
  // `embed=` and `embed` mean the same; the short one reads better.
  const text = query.toString().replace(/\bembed=(?=&|$)/, "embed");
  return text === "" ? "" : `?${text}`;
}
