import { pageElement } from "./page-element.ts";

/**
 * Lets a button open a dialog. Its close button, Escape and a click beside it close it.
 * @param onOpen called each time it opens
 */
export function connectDialog(id: string, buttonId: string, onOpen: () => void = () => undefined): void {
  const dialog = pageElement<HTMLDialogElement>(id);
  pageElement(buttonId).addEventListener("click", () => {
    dialog.showModal();
    onOpen();
  });
  dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
