import { COLOR_BLIND_THEME, DARK_THEME, type MempoolVisualizer, PRINT_THEME, type Theme } from "@utxoracle/viz";

const KEY = "utxoracle-theme";

/** The colours of page and chart: the reader's choice, remembered, and dark on white while it is printed. */
export class ThemeChoice {
  readonly #chart: MempoolVisualizer;
  readonly #button: HTMLElement;
  #colorBlind: boolean;

  constructor(chart: MempoolVisualizer, button: HTMLElement) {
    this.#chart = chart;
    this.#button = button;
    this.#colorBlind = remembered() === "color-blind";
    button.addEventListener("click", () => {
      this.#colorBlind = !this.#colorBlind;
      remember(this.#colorBlind ? "color-blind" : "dark");
      this.#apply();
    });
    // Not every way to paper tells of itself by an event of printing; the style sheet's own condition always changes.
    matchMedia("print").addEventListener("change", ({ matches }) => this.#draw(matches ? PRINT_THEME : this.#theme));
    // The picture must be there when the handler returns: the page is put on paper then.
    addEventListener("beforeprint", () => this.#draw(PRINT_THEME));
    addEventListener("afterprint", () => this.#draw(this.#theme));
    this.#apply();
  }

  get #theme(): Theme {
    return this.#colorBlind ? COLOR_BLIND_THEME : DARK_THEME;
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.#colorBlind ? "color-blind" : "dark";
    this.#button.setAttribute("aria-pressed", String(this.#colorBlind));
    this.#chart.setTheme(this.#theme);
  }

  #draw(theme: Theme): void {
    this.#chart.setTheme(theme);
    this.#chart.render();
  }
}

/** A browser may forbid storage (private windows, frames): the choice then holds until the page is left. */
function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(value: string): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // As above: nothing is lost but the memory of it.
  }
}
