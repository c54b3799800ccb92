import type { Registry } from "prom-client";

/** The two text formats of Prometheus. */
export type ExpositionFormat = "prometheus" | "openmetrics";

type Family = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];
/** Only the samples of histograms have a name. */
type Sample = Family["values"][number] & { readonly metricName?: string };

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * Chooses the format from an `Accept` header: OpenMetrics if it is named, else the Prometheus
 * format.
 */
export function negotiatedFormat(accept: string | undefined): ExpositionFormat {
  let openMetrics = 0;
  let plain = 0;
  for (const range of (accept ?? "").split(",")) {
    const [type, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = qualityOf(parameters);
    if (type === "application/openmetrics-text") openMetrics = Math.max(openMetrics, quality);
    else if (type === "text/plain") plain = Math.max(plain, quality);
  }
  return openMetrics > 0 && openMetrics >= plain ? "openmetrics" : "prometheus";
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith("q="));
  if (given === undefined) return 1;
  const quality = Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}

/**
 * Formats the metrics of a registry. Replaces prom-client's formatter, which renames the counters
 * of a registry permanently when it writes OpenMetrics, so that one registry could not serve both
 * formats.
 */
export async function exposition(registry: Registry, format: ExpositionFormat): Promise<string> {
  const families = await registry.getMetricsAsJSON();
  const lines = families.flatMap((family) => familyLines(family, format));
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function familyLines({ name, help, type, values }: Family, format: ExpositionFormat): string[] {
  // prom-client's type declares a numeric enum, but the values are strings.
  const typeWord = String(type);
  // In OpenMetrics, the family name of a counter has no `_total`; its samples have it.
  const family = format === "openmetrics" && typeWord === "counter" ? name.replace(/_total$/, "") : name;
  return [
    `# HELP ${family} ${format === "openmetrics" ? escapeText(help) : escapeLines(help)}`,
    `# TYPE ${family} ${typeWord}`,
    ...values.map((sample) => sampleLine(name, sample, format)),
  ];
}

function sampleLine(family: string, { metricName = family, labels, value }: Sample, format: ExpositionFormat): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${label === "le" ? boundText(text, format) : escapeText(String(text))}"`,
  );
  return `${metricName}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

/** Upper bound of a histogram bucket. OpenMetrics writes integers as `1.0`. */
function boundText(bound: string | number | undefined, format: ExpositionFormat): string {
  const text = typeof bound === "number" ? numberText(bound) : String(bound);
  return format === "openmetrics" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

function escapeLines(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeText(text: string): string {
  return escapeLines(text).replaceAll('"', '\\"');
}
