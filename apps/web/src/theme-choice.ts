import {
  COLOR_BLIND_THEME,
  DARK_THEME,
  LIGHT_THEME,
  type MempoolVisualizer,
  PRINT_THEME,
  type Theme,
} from "@utxoracle/viz";
import { saveChoice, savedChoice } from "./saved-choice.ts";

const KEY = "utxoracle-theme";
const THEMES: Readonly<Record<string, Theme>> = {
  dark: DARK_THEME,
  light: LIGHT_THEME,
  "color-blind": COLOR_BLIND_THEME,
};

/**
 * The colors of page and charts: the address's, the user's saved choice, or dark on white on paper.
 */
export class ThemeChoice {
  readonly #chart: MempoolVisualizer;
  readonly #onTheme: (theme: Theme) => void;
  #name: string;

  /**
   * @param asked a theme that the page's address names; it is not saved
   * @param onTheme called with each theme
   */
  constructor(
    chart: MempoolVisualizer,
    select: HTMLSelectElement,
    asked: string | null,
    onTheme: (theme: Theme) => void,
  ) {
    this.#chart = chart;
    this.#onTheme = onTheme;
    const wanted = asked ?? savedChoice(KEY) ?? "";
    this.#name = Object.hasOwn(THEMES, wanted) ? wanted : "dark";
    select.value = this.#name;
    select.addEventListener("change", () => {
      this.#name = Object.hasOwn(THEMES, select.value) ? select.value : "dark";
      saveChoice(KEY, this.#name);
      this.#apply();
    });
    // Some ways of printing send no print event; the media query always changes.
    matchMedia("print").addEventListener("change", ({ matches }) => this.#draw(matches ? PRINT_THEME : this.theme));
    // Draw before the handler returns: the page is printed then.
    addEventListener("beforeprint", () => this.#draw(PRINT_THEME));
    addEventListener("afterprint", () => this.#draw(this.theme));
    for (const query of ["(forced-colors: active)", "(prefers-color-scheme: light)"])
      matchMedia(query).addEventListener("change", () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    // With forced colors the page is black on white, or the reverse: the chart follows.
    if (matchMedia("(forced-colors: active)").matches)
      return matchMedia("(prefers-color-scheme: light)").matches ? LIGHT_THEME : DARK_THEME;
    return THEMES[this.#name] as Theme;
  }

  #apply(): void {
    document.documentElement.dataset["theme"] = this.#name;
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", this.theme.background);
    this.#chart.setTheme(this.theme);
    this.#onTheme(this.theme);
  }

  #draw(theme: Theme): void {
    this.#chart.setTheme(theme);
    this.#chart.render();
    this.#onTheme(theme);
  }
}
