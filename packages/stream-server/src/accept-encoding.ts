/** A weight of RFC 9110, section 12.4.2. */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** Other names of a coding (RFC 9110, section 8.4.1). */
const aliases: Readonly<Record<string, string>> = { "x-gzip": "gzip" };

/**
 * Chooses a content coding by the weights in `Accept-Encoding` (RFC 9110, section 12.5.3).
 * @param header the header's value; undefined when the request has none.
 * @param available codings that the server has, the one it prefers at equal weights first.
 * @returns the coding; null for the content as it is, which is also the answer when nothing is acceptable.
 */
export function chooseEncoding<Coding extends string>(
  header: string | undefined,
  available: readonly Coding[],
): Coding | null {
  const weights = weightsOf(header ?? "");
  const any = weights.get("*") ?? 0;
  let chosen: Coding | null = null;
  // Unless the client names it, the content as it is comes after every coding that is acceptable.
  let best = weights.get("identity") ?? any;
  for (const coding of available) {
    const weight = weights.get(coding) ?? any;
    if (weight === 0 || weight < best || (chosen !== null && weight === best)) continue;
    chosen = coding;
    best = weight;
  }
  return chosen;
}

/** Weight by coding. An entry with a malformed weight is left out: what a client did not clearly accept is not sent. */
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
