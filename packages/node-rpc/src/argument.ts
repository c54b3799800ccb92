/** What an option may be; `any` if it has a check of its own. */
export type OptionKind = "function" | "boolean" | "string" | "object" | "signal" | "any";

/** A wrong argument as errors show it: `undefined`, `null`, `an array`, `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Whether it is an `AbortSignal`, of whatever realm; an `AbortController` is none. */
const isSignal = (value: object): boolean => "aborted" in value && "addEventListener" in value;

/**
 * Rejects an unknown option, and a value of another type.
 *
 * @param kinds of all options
 * @param refusal makes the error of an option
 */
export function checkOptions<Options extends object>(
  options: Options,
  kinds: { readonly [Name in keyof Required<Options>]: OptionKind },
  refusal: (name: string, problem: string) => Error,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name))
      throw refusal(name, `unknown option; the options are ${Object.keys(kinds).join(", ")}`);
    const kind = kinds[name as keyof Options];
    if (value === undefined || kind === "any") continue;
    if (kind !== "signal" ? typeof value !== kind || value === null : typeof value !== "object" || !isSignal(value))
      throw refusal(name, `must be ${describe(kind)}, not ${kindOf(value)}`);
  }
}

function describe(kind: OptionKind): string {
  if (kind === "signal") return "the signal of an AbortController";
  return kind === "object" ? "an object" : `a ${kind}`;
}
