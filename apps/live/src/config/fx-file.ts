/** An operator's own rate. */
export interface FxRate {
  /** ISO 4217 code, e.g. `EUR`. */
  readonly currency: string;
  /** Units of the currency per US dollar. */
  readonly perUsd: number;
  /** Last UTC day on which it is used, `YYYY-MM-DD`. */
  readonly date: string;
}

/** Maximum size of the file. The world has fewer than 200 currencies. */
export const FX_FILE_BYTES_MAX = 64 * 1024;
const RATES_MAX = 200;
const RATE_MAX = 1e9;

/** A line that cannot be used. The message names line and field. */
export class FxFileError extends Error {
  override readonly name = "FxFileError";

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}; expected CURRENCY RATE DATE, such as EUR 0.92 2026-11-29`);
  }
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * Reads rates: one `CURRENCY RATE DATE` per line, `#` starts a comment.
 * @throws {FxFileError}
 */
export function parseFxFile(text: string): readonly FxRate[] {
  const rates = new Map<string, FxRate>();
  for (const [index, content] of text.split(/\r\n?|\n/).entries()) {
    const line = index + 1;
    const fields = content.replace(/#.*/, "").trim().split(/\s+/);
    if (fields.length === 1 && fields[0] === "") continue;
    const [currency = "", rate = "", date = "", ...more] = fields;
    const shown = (field: string): string => JSON.stringify(field.slice(0, 20));
    if (!/^[A-Z]{3}$/.test(currency)) throw new FxFileError(line, `currency ${shown(currency)} is not three capitals`);
    if (currency === "USD" || currency === "BTC") throw new FxFileError(line, `currency ${currency} needs no rate`);
    if (rates.has(currency)) throw new FxFileError(line, `currency ${currency} has a rate already`);
    const perUsd = /^\d+(\.\d+)?$/.test(rate) ? Number(rate) : Number.NaN;
    if (!(perUsd > 0 && perUsd <= RATE_MAX))
      throw new FxFileError(line, `rate ${shown(rate)} is not a number over 0, with a point and no other separator`);
    if (!isDay(date)) throw new FxFileError(line, `date ${shown(date)} is not a day`);
    if (more.length > 0) throw new FxFileError(line, `${shown(more.join(" "))} follows the date`);
    if (rates.size === RATES_MAX) throw new FxFileError(line, `there are more than ${RATES_MAX} rates`);
    rates.set(currency, { currency, perUsd, date });
  }
  return [...rates.values()];
}
