/** Quality value (RFC 9110, section 12.4.2). */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** Aliases of content codings (RFC 9110, section 8.4.1). */
const aliases: Readonly<Record<string, string>> = { "x-gzip": "gzip" };

/**
 * Chooses a content coding by the weights in `Accept-Encoding` (RFC 9110, section 12.5.3).
 *
 * @param header the header's value, if any
 * @param available codings of the server; the first is preferred at equal weights
 * @returns the coding; null for identity, also if nothing is acceptable
 */
export function chooseEncoding<Coding extends string>(
  header: string | undefined,
  available: readonly Coding[],
): Coding | null {
  const weights = weightsOf(header ?? "");
  const any = weights.get("*") ?? 0;
  let chosen: Coding | null = null;
  // Unless named by the client, identity ranks below every acceptable coding.
  let best = weights.get("identity") ?? any;
  for (const coding of available) {
    const weight = weights.get(coding) ?? any;
    if (weight === 0 || weight < best || (chosen !== null && weight === best)) continue;
    chosen = coding;
    best = weight;
  }
  return chosen;
}

/**
 * Weights by coding. Skips entries with a malformed weight, so that only accepted codings are sent.
 */
function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const entry of header.split(",")) {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const [parameter = "q=1", ...others] = parameters;
    const weight = WEIGHT.exec(parameter)?.[1];
    if (name !== "" && weight !== undefined && others.length === 0) weights.set(aliases[name] ?? name, Number(weight));
  }
  return weights;
}
