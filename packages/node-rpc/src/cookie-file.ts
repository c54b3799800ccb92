import { constants, open } from "node:fs/promises";
import { NodeRpcError } from "./error.ts";

/** A cookie is short; a file that is not must be another one. */
const MAX_COOKIE_BYTES = 512;

/**
 * The text of a cookie file, without blanks around it and without a UTF-8 byte order mark. Reads no more than a cookie
 * has, and does not wait for the writer of a pipe.
 * @param method the call on whose behalf, for the error.
 * @throws {NodeRpcError} `cookie_missing`, `cookie_unreadable`.
 */
export async function readCookie(path: string, method: string): Promise<string> {
  const bytes = await readStart(path).catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw missing
      ? new NodeRpcError(
          "cookie_missing",
          method,
          `no cookie file at ${path}: start the node, or name its data folder's .cookie, or use user and password`,
          { cause },
        )
      : new NodeRpcError(
          "cookie_unreadable",
          method,
          `the cookie file ${path} cannot be read: run as the node's user, or set rpccookieperms=group`,
          { cause },
        );
  });
  if (bytes === null) throw new NodeRpcError("cookie_unreadable", method, `${path} is not a file`);
  // As Windows PowerShell writes it.
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.includes(0))
    throw new NodeRpcError("cookie_unreadable", method, `${path} is UTF-16 text; save it as UTF-8`);
  // The decoder skips the byte order mark of UTF-8.
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^[^\s:]+:\S+$/.test(text) || bytes.length > MAX_COOKIE_BYTES)
    throw new NodeRpcError("cookie_unreadable", method, `${path} holds no cookie (user:password)`);
  return text;
}

/** One byte more than a cookie has, at most; null when it is no regular file. */
async function readStart(path: string): Promise<Uint8Array | null> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) return null;
    const bytes = new Uint8Array(MAX_COOKIE_BYTES + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
