/** Every code of {@link ZmqSourceError}. */
export const zmqSourceErrorCodes = ["invalid_endpoint", "invalid_option", "socket_failed"] as const;

/**
 * Codes of {@link ZmqSourceError}.
 * - `invalid_endpoint`: an endpoint is not an address that a subscriber can connect to;
 * - `invalid_option`: another option has a wrong type or value;
 * - `socket_failed`: ZeroMQ refused to open or configure a socket (out of sockets or file descriptors, no IPC on this system).
 */
export type ZmqSourceErrorCode = (typeof zmqSourceErrorCodes)[number];

/** The feed could not be set up. What goes wrong later, on the line, is reported as a {@link FeedEvent} and never thrown. */
export class ZmqSourceError extends Error {
  override readonly name = "ZmqSourceError";
  readonly code: ZmqSourceErrorCode;
  /** The option at fault, e.g. `endpoints.rawtx`. */
  readonly setting: string;

  constructor(code: ZmqSourceErrorCode, setting: string, problem: string, options?: ErrorOptions) {
    super(`${setting}: ${problem}`, options);
    this.code = code;
    this.setting = setting;
  }
}

/** Returns `value` when it is a number in [least, most], else throws `invalid_option` naming the setting. */
export function numberOption(setting: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw new ZmqSourceError(
      "invalid_option",
      setting,
      `must be a number from ${least} to ${most}, not ${String(value)}`,
    );
  return value;
}
