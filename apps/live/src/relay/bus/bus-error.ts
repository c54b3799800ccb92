/** Every code of {@link BusError}. */
export const busErrorCodes = [
  "disconnected",
  "no_jetstream",
  "read_timeout",
  "write_timeout",
  "storage_full",
  "not_permitted",
  "too_large",
  "revision_conflict",
  "invalid_value",
  "no_answer",
  "failed",
] as const;

/**
 * Codes of {@link BusError}; with `bus_` before them they are the codes of reasons and notices.
 * - `disconnected`: there is no connection to a NATS server;
 * - `no_jetstream`: the server, or this account on it, has no JetStream;
 * - `read_timeout`, `write_timeout`: the server does not answer;
 * - `storage_full`: the server has no room left;
 * - `not_permitted`: the server does not let this user do it;
 * - `too_large`: the server would refuse the value;
 * - `revision_conflict`: the key has another revision than expected;
 * - `invalid_value`: what was read is not as its contract says;
 * - `no_answer`: the analyzer does not answer;
 * - `failed`: anything else that NATS or its client reports.
 */
export type BusErrorCode = (typeof busErrorCodes)[number];

/** Something that could not be read from NATS or written to it. The message says why, for log, readiness and page. */
export class BusError extends Error {
  override readonly name = "BusError";
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Longest text of a server or of the client that is repeated, characters. */
const TEXT_MAX = 200;
/** JetStream's codes: resources, memory or storage exceeded, the store failed. */
const FULL_STORE_CODES: ReadonlySet<number> = new Set([10_023, 10_028, 10_047, 10_077]);
/** JetStream's codes: not enabled for the account, not enabled at all. */
const NOT_ENABLED_CODES: ReadonlySet<number> = new Set([10_039, 10_076]);
/** JetStream's codes: the revision is another one (of a subject, of an unknown one). */
const WRONG_REVISION_CODES: ReadonlySet<number> = new Set([10_071, 10_164]);

/**
 * What the client of NATS threw, by its cause. Everything that it throws is one of NATS: answers come from outside, and the
 * client trips over malformed ones in many ways.
 */
export function natsError(error: unknown, action: "read" | "write"): BusError {
  if (error instanceof BusError) return error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const known = knownError(cause, action);
    if (known !== null) return new BusError(known.code, known.message, { cause: error });
  }
  return new BusError("failed", `NATS: ${textOf(error)}`, { cause: error });
}

function knownError(error: Error, action: "read" | "write"): Pick<BusError, "code" | "message"> | null {
  const code = serverCode(error);
  if (error.name === "JetStreamNotEnabled" || NOT_ENABLED_CODES.has(code))
    return {
      code: "no_jetstream",
      message:
        "the NATS server runs without JetStream: start it with -js, or put a jetstream block into its configuration",
    };
  if (error.name === "TimeoutError")
    return action === "write"
      ? { code: "write_timeout", message: "writes to NATS time out" }
      : { code: "read_timeout", message: "reads from NATS time out" };
  if (error.name === "PermissionViolationError")
    return { code: "not_permitted", message: `the NATS server does not permit it: ${textOf(error)}` };
  if (FULL_STORE_CODES.has(code))
    return { code: "storage_full", message: `the NATS server has no room left: ${textOf(error)}` };
  if (WRONG_REVISION_CODES.has(code))
    return { code: "revision_conflict", message: "the key has another revision than expected" };
  return null;
}

/** JetStream's code for what it refused; 0 for an error of another kind. */
export function serverCode(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : 0;
  return typeof code === "number" ? code : 0;
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
