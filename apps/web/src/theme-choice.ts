import { COLOR_BLIND_THEME, DARK_THEME, type MempoolVisualizer, PRINT_THEME, type Theme } from "@utxoracle/viz";

const KEY = "utxoracle-theme";

/** The colors of page and chart: the user's saved choice, or dark on white while printing. */
export class ThemeChoice {
  readonly #chart: MempoolVisualizer;
  readonly #button: HTMLElement;
  #colorBlind: boolean;

  constructor(chart: MempoolVisualizer, button: HTMLElement) {
    this.#chart = chart;
    this.#button = button;
    this.#colorBlind = savedChoice() === "color-blind";
    button.addEventListener("click", () => {
      this.#colorBlind = !this.#colorBlind;
      saveChoice(this.#colorBlind ? "color-blind" : "dark");
      this.#apply();
    });
    // Some ways of printing send no print event; the media query always changes.
    matchMedia("print").addEventListener("change", ({ matches }) => this.#draw(matches ? PRINT_THEME : this.#theme));
    // Draw before the handler returns: the page is printed then.
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

/**
 * Storage may be blocked (private windows, frames): then the choice lasts until the page closes.
 */
function savedChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function saveChoice(value: string): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Blocked as above.
  }
}
