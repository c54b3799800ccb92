import { Counter, type Registry } from "prom-client";

/** The values that each label of a counter can have. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

/** A counter whose series all exist from the start. */
export interface LabelledCounter<Values extends LabelValues> {
  inc(labels: { readonly [Label in keyof Values]: Values[Label][number] }, by?: number): void;
}

export interface CounterOptions {
  /** Ends in `_total`. */
  readonly name: string;
  readonly help: string;
}

/**
 * Makes a labelled counter and sets every series to 0. A series that appears with its first event starts at 1 or above,
 * and `increase()` does not see that event.
 * @param labels - every value of every label.
 */
export function labelledCounter<const Values extends LabelValues>(
  registry: Registry,
  { name, help }: CounterOptions,
  labels: Values,
): LabelledCounter<Values> {
  const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const series of combinations(labels)) counter.inc(series, 0);
  return counter;
}

/** Every combination of the labels' values. */
function combinations(labels: LabelValues): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels))
    series = series.flatMap((start) => values.map((value) => ({ ...start, [label]: value })));
  return series;
}

/**
 * The members of a union of strings as a list. The object's type makes a missing or a surplus member an error of the
 * compiler.
 */
export function valuesOf<Value extends string>(members: Readonly<Record<Value, true>>): readonly Value[] {
  return Object.keys(members) as Value[];
}
