import { VizError } from "@utxoracle/viz";
import { notSavedText } from "./picture-text.ts";

/** `utxoracle-live-20250910-201946Z.png` */
export function pictureName(now: Date): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `utxoracle-live-${date}-${time}Z.png`;
}

/** The button that saves the current picture, with a caption. */
export class PictureDownload {
  readonly #picture: () => Promise<Blob>;
  readonly #button: HTMLButtonElement;
  readonly #notice: HTMLElement;

  /**
   * @param picture makes the picture; may throw a VizError
   * @param notice element for the error message
   */
  constructor(picture: () => Promise<Blob>, button: HTMLButtonElement, notice: HTMLElement) {
    this.#picture = picture;
    this.#button = button;
    this.#notice = notice;
    button.addEventListener("click", () => void this.#save());
  }

  async #save(): Promise<void> {
    this.#button.disabled = true;
    this.#notice.textContent = "";
    try {
      download(await this.#picture());
    } catch (error) {
      if (!(error instanceof VizError)) throw error;
      this.#notice.textContent = notSavedText(error);
    } finally {
      this.#button.disabled = false;
    }
  }
}

function download(png: Blob): void {
  const address = URL.createObjectURL(png);
  const link = document.createElement("a");
  link.href = address;
  link.download = pictureName(new Date());
  link.click();
  // One browser engine reads the data shortly after the click instead of during it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
