import { connectDialog } from "./dialogs.ts";
import { pageElement } from "./page-element.ts";

export interface EmbedOptions {
  readonly theme: string;
  readonly panels: string;
  /** `700 × 420` */
  readonly size: string;
}

/** The HTML that shows a page's view on another page. */
export function embedCode(address: string, { theme, panels, size }: EmbedOptions): string {
  const url = new URL(address);
  url.hash = "";
  for (const [name, value] of [
    ["theme", theme],
    ["panels", panels],
  ] as const) {
    url.searchParams.delete(name);
    if (value !== "") url.searchParams.set(name, value);
  }
  url.searchParams.delete("embed");
  const query = url.searchParams.toString();
  const src = `${url.origin}${url.pathname}?embed${query === "" ? "" : `&${query}`}`;
  const [width, height] = size.split(" × ");
  // Quotes and angle brackets never appear in a URL's text form, but & does.
  return `<iframe src="${src.replaceAll("&", "&amp;")}" width="${width}" height="${height}" title="Bitcoin price"></iframe>`;
}

/** Copies text. False if the browser forbids it: the clipboard needs a secure page. */
export async function copyText(field: HTMLInputElement | null, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.select();
    return false;
  }
}

/** The dialog with link, embed code and PNG. */
export function connectSharePanel(): void {
  const link = pageElement<HTMLInputElement>("share-link");
  const code = pageElement<HTMLInputElement>("embed-code");
  const note = pageElement("share-note");
  const choices = ["embed-theme", "embed-panels", "embed-size"].map((id) => pageElement<HTMLSelectElement>(id));
  const update = (): void => {
    const [theme = "", panels = "", size = ""] = choices.map(({ value }) => value);
    link.value = location.href;
    code.value = embedCode(location.href, { theme, panels, size });
    note.textContent = "";
  };
  for (const choice of choices) choice.addEventListener("change", update);
  connectDialog("share", "share-button", update);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copies]"))
    button.addEventListener("click", async () => {
      const field = pageElement<HTMLInputElement>(button.dataset["copies"] as string);
      const isCopied = await copyText(field, field.value);
      note.textContent = isCopied ? "Copied." : "The text is selected. Copy it with Ctrl-C.";
    });
}
