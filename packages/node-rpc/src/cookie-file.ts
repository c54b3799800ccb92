import { constants, open } from "node:fs/promises";
import { NodeRpcError } from "./error.ts";

/** Larger files are not cookie files. */
const MAX_COOKIE_BYTES = 512;

/**
 * Reads a cookie file: trimmed text without byte order mark. Reads at most the size of a cookie and
 * does not block on pipes.
 *
 * @param method RPC method, for the error
 * @throws {NodeRpcError} `cookie_missing`, `cookie_unreadable`.
 */
export async function readCookie(path: string, method: string): Promise<string> {
  const bytes = await readStart(path).catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw missing
      ? new NodeRpcError(
          "cookie_missing",
          method,
          `no cookie file at ${path}: start the node, set the path to .cookie in its data folder, or use a user and password`,
          { cause },
        )
      : new NodeRpcError(
          "cookie_unreadable",
          method,
          `cannot read the cookie file ${path}: run as the node's user, or set rpccookieperms=group`,
          { cause },
        );
  });
  if (bytes === null) throw new NodeRpcError("cookie_unreadable", method, `${path} is not a file`);
  // Written by Windows PowerShell.
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.includes(0))
    throw new NodeRpcError("cookie_unreadable", method, `${path} is UTF-16 text; save it as UTF-8`);
  // TextDecoder skips the UTF-8 byte order mark.
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^[^\s:]+:\S+$/.test(text) || bytes.length > MAX_COOKIE_BYTES)
    throw new NodeRpcError("cookie_unreadable", method, `${path} is not a cookie file (user:password)`);
  return text;
}

/** At most one byte more than a cookie can have; null if the path is not a regular file. */
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
