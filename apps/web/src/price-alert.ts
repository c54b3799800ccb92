import { formatUsd, priceTone, type StreamView } from "@utxoracle/viz";
import { pageElement } from "./page-element.ts";

/** Whether a price went from one side of the level to the other, or reached it. */
export function isReached(level: number, before: number | null, now: number): boolean {
  if (before === null) return now === level;
  return before < level ? now >= level : before > level ? now <= level : now !== level;
}

/** Tells when a reliable price reaches a level: in words, and with a sound. Once for each level. */
export class PriceAlert {
  readonly #level = pageElement<HTMLInputElement>("alert-level");
  readonly #sound = pageElement<HTMLInputElement>("alert-sound");
  readonly #note = pageElement("alert-note");
  readonly #notice = pageElement("notice");
  #before: number | null = null;
  #audio: AudioContext | null = null;

  constructor() {
    this.#level.addEventListener("change", () => {
      this.#before = null;
      const level = this.#level.valueAsNumber;
      this.#note.textContent = level > 0 ? `Waiting for ${formatUsd(level)}, while this page is open.` : "No alert.";
      // Browsers allow sound only after the user has done something on the page.
      if (level > 0 && this.#sound.checked) this.#audio ??= new AudioContext();
    });
  }

  /** Call it after each change of the view. */
  update(view: StreamView): void {
    const level = this.#level.valueAsNumber;
    const price = view.live?.price ?? null;
    // An unreliable price must not trigger an alert.
    if (!(level > 0) || price === null || priceTone(view) !== "good") return;
    const before = this.#before;
    this.#before = price;
    if (!isReached(level, before, price)) return;
    this.#level.value = "";
    this.#notice.textContent = `The price reached ${formatUsd(level)}.`;
    this.#note.textContent = this.#notice.textContent;
    if (this.#sound.checked) this.#beep();
  }

  #beep(): void {
    const audio = this.#audio;
    if (audio === null) return;
    for (const [start, hertz] of [
      [0, 660],
      [0.25, 880],
    ] as const) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.2, audio.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.22);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.24);
    }
  }
}
