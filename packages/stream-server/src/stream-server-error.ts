/**
 * Codes of {@link StreamServerError}.
 * - `address_in_use`: another program listens on the host and port.
 * - `address_not_available`: the host is not an address of this machine, or cannot be resolved.
 * - `permission_denied`: the process has no permission to use the port.
 * - `listen_failed`: another error of `listen`; see `cause`.
 * - `invalid_option`: an option has an invalid type or value.
 * - `path_taken`: the path is used by another route, channel or file.
 * - `folder_unreadable`: the static folder cannot be read, has no index.html, or is too large.
 * - `closed`: the server was already closed.
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

/** An error of the server. The message names the address, option, path or folder. */
export class StreamServerError extends Error {
  override readonly name = "StreamServerError";
  readonly code: StreamServerErrorCode;

  constructor(code: StreamServerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Converts an error of `server.listen` to one with address and remedy. */
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
        `${address}: not an address of this machine; choose 127.0.0.1 or one of its addresses`,
        cause,
      );
    case "EACCES":
    case "EPERM":
      return new StreamServerError(
        "permission_denied",
        `no permission to listen on ${address}; choose a port above 1023`,
        cause,
      );
    default:
      return new StreamServerError("listen_failed", `cannot listen on ${address}: ${cause.message}`, cause);
  }
}
