/**
 * Round numbers between `low` and `high`, about `wanted` of them.
 * @returns the numbers in rising order and the step between them; empty for an empty range.
 */
export function roundTicks(low: number, high: number, wanted: number): { values: number[]; step: number } {
  if (!(high > low) || wanted < 1) return { values: [], step: 0 };
  const rough = (high - low) / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough * 0.999) ?? 10) * magnitude;
  const values: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) values.push(k * step);
  return { values, step };
}

/** Times at a whole clock interval between two Unix times, `most` at most. */
export function clockTicks(start: number, end: number, most: number): number[] {
  const step = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].find((s) => (end - start) / s <= most);
  if (step === undefined || !(end > start)) return [];
  const times: number[] = [];
  for (let k = Math.ceil(start / step); k * step <= end; k++) times.push(k * step);
  return times;
}
