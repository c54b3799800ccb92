/**
 * Codes of {@link StreamServerError}.
 * - `address_in_use`: another program listens on the host and port.
 * - `address_not_available`: the host is no address of this machine, or cannot be resolved.
 * - `permission_denied`: the port needs rights that the process lacks.
 * - `listen_failed`: any other reason for which the server could not listen; see `cause`.
 * - `invalid_option`: an option has a wrong type or is out of range.
 * - `path_taken`: two routes, channels or files want the same path.
 * - `folder_unreadable`: the static folder cannot be read, has no index.html, or is too large.
 * - `closed`: the server was closed already.
 */
export type StreamServerErrorCode =
  | "address_in_use"
  | "address_not_available"
  | "permission_denied"
  | "listen_failed"
  | "invalid_option"
  | "path_taken"
  | "folder_unreadable"
  | "closed";

/** What the server could not do, and why; the message names the address, option, path or folder at fault. */
export class StreamServerError extends Error {
  override readonly name = "StreamServerError";
  readonly code: StreamServerErrorCode;

  constructor(code: StreamServerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Turns an error of `server.listen` into one that names host and port and says what to do. */
export function listenError(cause: NodeJS.ErrnoException, host: string, port: number): StreamServerError {
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  switch (cause.code) {
    case "EADDRINUSE":
      return new StreamServerError(
        "address_in_use",
        `${address} is in use by another program; stop it or choose another port`,
        cause,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StreamServerError(
        "address_not_available",
        `${address}: the host is no address of this machine; choose 127.0.0.1 or one of its addresses`,
        cause,
      );
    case "EACCES":
    case "EPERM":
      return new StreamServerError(
        "permission_denied",
        `${address}: no permission to listen there; choose a port above 1023`,
        cause,
      );
    default:
      return new StreamServerError("listen_failed", `cannot listen on ${address}: ${cause.message}`, cause);
  }
}
