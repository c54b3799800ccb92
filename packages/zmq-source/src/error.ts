/** Every code of {@link ZmqSourceError}. */
export const zmqSourceErrorCodes = ["invalid_endpoint", "invalid_option", "socket_failed"] as const;

/**
 * Codes of {@link ZmqSourceError}.
 * - `invalid_endpoint`: an endpoint is not an address to connect to.
 * - `invalid_option`: another option has an invalid type or value.
 * - `socket_failed`: ZeroMQ cannot open or configure a socket (too many open files, no IPC on this
 *   system).
 */
export type ZmqSourceErrorCode = (typeof zmqSourceErrorCodes)[number];

/**
 * The feed could not be created. Later problems are reported as {@link FeedEvent}s and never
 * thrown.
 */
export class ZmqSourceError extends Error {
  override readonly name = "ZmqSourceError";
  readonly code: ZmqSourceErrorCode;
  /** The invalid option, e.g. `endpoints.rawtx`. */
  readonly setting: string;

  constructor(code: ZmqSourceErrorCode, setting: string, problem: string, options?: ErrorOptions) {
    super(`${setting}: ${problem}`, options);
    this.code = code;
    this.setting = setting;
  }
}

/** Returns `value` if it is a number in [min, max], else throws `invalid_option`. */
export function numberOption(setting: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !(value >= min && value <= max))
    throw new ZmqSourceError(
      "invalid_option",
      setting,
      `must be a number from ${min} to ${max}, not ${typeof value === "string" ? JSON.stringify(value) : String(value)}`,
    );
  return value;
}
