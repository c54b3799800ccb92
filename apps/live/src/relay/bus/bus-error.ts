/** All codes of {@link BusError}. */
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
 * Codes of {@link BusError}. With the prefix `bus_` they are codes of reasons and notices.
 * - `disconnected`: not connected to a NATS server;
 * - `no_jetstream`: JetStream is off for the server or the account;
 * - `read_timeout`, `write_timeout`: the server does not respond;
 * - `storage_full`: the server's storage is full;
 * - `not_permitted`: the user lacks a permission;
 * - `too_large`: the value exceeds the server's `max_payload`;
 * - `revision_conflict`: the key has another revision than expected;
 * - `invalid_value`: the value read does not match its contract;
 * - `no_answer`: the analyzer does not respond;
 * - `failed`: any other error of NATS or its client.
 */
export type BusErrorCode = (typeof busErrorCodes)[number];

/** A failed read from or write to NATS. The message states the cause, for the log and readiness. */
export class BusError extends Error {
  override readonly name = "BusError";
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Maximum length of a quoted error text of the server or client, characters. */
const TEXT_MAX = 200;
/** JetStream error codes: resources, memory or storage exceeded, store failed. */
const FULL_STORE_CODES: ReadonlySet<number> = new Set([10_023, 10_028, 10_047, 10_077]);
/** JetStream error codes: not enabled for the account, not enabled. */
const NOT_ENABLED_CODES: ReadonlySet<number> = new Set([10_039, 10_076]);
/** JetStream error codes: wrong last sequence, also of an unknown one. */
const WRONG_REVISION_CODES: ReadonlySet<number> = new Set([10_071, 10_164]);

/**
 * Converts an error of the NATS client by its cause. Also converts unexpected ones: the client
 * throws many kinds of errors for malformed responses.
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
        "the NATS server runs without JetStream; start it with -js, or add a jetstream block to its configuration",
    };
  if (error.name === "TimeoutError")
    return action === "write"
      ? { code: "write_timeout", message: "write to NATS timed out" }
      : { code: "read_timeout", message: "read from NATS timed out" };
  if (error.name === "PermissionViolationError")
    return { code: "not_permitted", message: `NATS permission denied: ${textOf(error)}` };
  if (FULL_STORE_CODES.has(code))
    return { code: "storage_full", message: `the storage of the NATS server is full: ${textOf(error)}` };
  if (WRONG_REVISION_CODES.has(code))
    return { code: "revision_conflict", message: "the key has another revision than expected" };
  return null;
}

/** @returns the JetStream error code; 0 for other errors. */
export function serverCode(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : 0;
  return typeof code === "number" ? code : 0;
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
