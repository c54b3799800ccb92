import { Counter, type Registry } from "prom-client";

/** All values of each label. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

/** A counter with all its series at 0 from the start. */
export interface LabeledCounter<Values extends LabelValues> {
  inc(labels: { readonly [Label in keyof Values]: Values[Label][number] }, by?: number): void;
}

export interface CounterOptions {
  /** Ends in `_total`. */
  readonly name: string;
  readonly help: string;
}

/**
 * Creates a labeled counter with all series at 0. Otherwise a series would first appear with the
 * value 1, and Prometheus' `increase()` would miss the first event.
 * @param labels all values of each label.
 */
export function labeledCounter<const Values extends LabelValues>(
  registry: Registry,
  { name, help }: CounterOptions,
  labels: Values,
): LabeledCounter<Values> {
  const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
  for (const series of combinations(labels)) counter.inc(series, 0);
  return counter;
}

function combinations(labels: LabelValues): Record<string, string>[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels))
    series = series.flatMap((start) => values.map((value) => ({ ...start, [label]: value })));
  return series;
}

/**
 * Lists the members of a string union. The compiler rejects a missing or unknown member.
 */
export function valuesOf<Value extends string>(members: Readonly<Record<Value, true>>): readonly Value[] {
  return Object.keys(members) as Value[];
}
