const number = /-?\d+(?:[.,]\d+)*/g;

/** The numbers of a text, thousands' commas taken out. */
function numbersOf(text: string): number[] {
  return Array.from(text.matchAll(number), ([digits]) => Number(digits.replaceAll(",", "")));
}

/** What of an output may be otherwise than shown. */
export interface OutputFreedom {
  /** Share by which a shown number may be off; 0: the output is the one shown, to the last character. */
  readonly tolerance?: number;
}

/**
 * How a program's output deviates from the one that a document shows; null when it does not. With a tolerance the words
 * must be the same and each number within that share of the one shown: times and counters of a node are never the same twice.
 */
export function outputDeviation(shown: string, printed: string, { tolerance = 0 }: OutputFreedom = {}): string | null {
  if (tolerance === 0) return shown === printed ? null : `shown:\n${shown}printed:\n${printed}`;
  const words = (text: string): string => text.replaceAll(number, "#");
  if (words(shown) !== words(printed)) return `other words; shown:\n${shown}printed:\n${printed}`;
  const printedNumbers = numbersOf(printed);
  const off = numbersOf(shown).findIndex(
    (value, index) => Math.abs(value - (printedNumbers[index] ?? Number.NaN)) > tolerance * Math.abs(value),
  );
  return off === -1 ? null : `number ${off + 1} is off by more than ${tolerance}; shown:\n${shown}printed:\n${printed}`;
}
