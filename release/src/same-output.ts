const number = /-?\d+(?:[.,]\d+)*/g;

/** The numbers in a text, without thousands separators. */
function numbersOf(text: string): number[] {
  return Array.from(text.matchAll(number), ([digits]) => Number(digits.replaceAll(",", "")));
}

/** How an output may differ from the documented one. */
export interface OutputFreedom {
  /** Relative tolerance of numbers; 0: the output must be identical. */
  readonly tolerance?: number;
}

/**
 * How a program's output differs from the documented one; null if it does not. With a tolerance the
 * words must be equal and numbers close: a node's times and counters always differ.
 */
export function outputDeviation(shown: string, printed: string, { tolerance = 0 }: OutputFreedom = {}): string | null {
  if (tolerance === 0) return shown === printed ? null : `shown:\n${shown}printed:\n${printed}`;
  const words = (text: string): string => text.replaceAll(number, "#");
  if (words(shown) !== words(printed)) return `different words; documented:\n${shown}printed:\n${printed}`;
  const printedNumbers = numbersOf(printed);
  const off = numbersOf(shown).findIndex(
    (value, index) => Math.abs(value - (printedNumbers[index] ?? Number.NaN)) > tolerance * Math.abs(value),
  );
  return off === -1
    ? null
    : `number ${off + 1} is off by more than ${tolerance}; documented:\n${shown}printed:\n${printed}`;
}
