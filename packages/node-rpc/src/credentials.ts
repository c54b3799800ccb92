import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { NodeRpcError } from "./error.ts";

/**
 * How the node lets us in: by the cookie file that it writes at every start, or by `rpcuser`/`rpcauth` and a password.
 * A password given as a function is asked for with each request and not kept.
 */
export type NodeRpcAuth =
  | { readonly cookiePath: string }
  | { readonly user: string; readonly password: string | (() => string) };

/** Gives the value of the Authorization header. Keeps its secret out of reach of printing and JSON. */
export interface Credentials {
  /** @param method the call on whose behalf, for the error. @throws {NodeRpcError} `cookie_missing`, `cookie_unreadable`. */
  header(method: string): Promise<string>;
  /** After a refusal, or when the node may have been restarted: forget what was read. @returns whether asking again may give something else. */
  refresh(): boolean;
  /** The node did not let this header in. */
  refused(header: string): void;
  /** Whether the next call would go with something else than what was refused last. Reads the cookie file; asks nothing of the node. */
  changedSinceRefusal(): Promise<boolean>;
  /** What an operator should look at when the node refuses, e.g. `the cookie in /…/.cookie`. */
  readonly description: string;
}

/** @throws {NodeRpcError} `invalid_option`. */
export function credentialsOf(auth: NodeRpcAuth): Credentials {
  if (typeof auth === "object" && auth !== null) {
    if ("cookiePath" in auth && typeof auth.cookiePath === "string" && auth.cookiePath !== "")
      return new CookieCredentials(auth.cookiePath);
    if ("user" in auth && typeof auth.user === "string" && /^(string|function)$/.test(typeof auth.password)) {
      if (auth.user.includes(":")) throw new NodeRpcError("invalid_option", "", "auth.user: must not contain a colon");
      return new PasswordCredentials(auth.user, auth.password);
    }
  }
  throw new NodeRpcError("invalid_option", "", "auth: give { cookiePath } or { user, password }");
}

const basic = (userAndPassword: string): string => `Basic ${Buffer.from(userAndPassword).toString("base64")}`;

class PasswordCredentials implements Credentials {
  readonly description: string;
  readonly #header: () => string;

  constructor(user: string, password: string | (() => string)) {
    this.description = `the password of user ${JSON.stringify(user)}`;
    this.#header = () => basic(`${user}:${typeof password === "string" ? password : password()}`);
  }

  async header(): Promise<string> {
    return this.#header();
  }

  refresh(): boolean {
    return false;
  }

  refused(): void {}

  changedSinceRefusal(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** A cookie is short; a file that is not must be another one. */
const MAX_COOKIE_BYTES = 512;

/** The beginning of a regular file. Anything else, a pipe for one, could keep the reader waiting. */
async function readCookie(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) return "";
    const { bytesRead, buffer } = await file.read(new Uint8Array(MAX_COOKIE_BYTES + 1));
    return bytesRead > MAX_COOKIE_BYTES ? "" : new TextDecoder().decode(buffer.subarray(0, bytesRead)).trim();
  } finally {
    await file.close();
  }
}

class CookieCredentials implements Credentials {
  readonly description: string;
  readonly #path: string;
  #header: string | null = null;
  #refused: string | null = null;

  constructor(path: string) {
    this.#path = path;
    this.description = `the cookie in ${path}`;
  }

  async header(method: string): Promise<string> {
    if (this.#header !== null) return this.#header;
    let text: string;
    try {
      text = await readCookie(this.#path);
    } catch (cause) {
      const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
      throw missing
        ? new NodeRpcError(
            "cookie_missing",
            method,
            `no cookie file at ${this.#path}: start the node, or name its data folder's .cookie, or use user and password`,
            { cause },
          )
        : new NodeRpcError(
            "cookie_unreadable",
            method,
            `the cookie file ${this.#path} cannot be read: run as the node's user, or set rpccookieperms=group`,
            { cause },
          );
    }
    if (!/^[^\s:]+:\S+$/.test(text))
      throw new NodeRpcError("cookie_unreadable", method, `${this.#path} holds no cookie (user:password)`);
    this.#header = basic(text);
    return this.#header;
  }

  refresh(): boolean {
    this.#header = null;
    return true;
  }

  refused(header: string): void {
    this.#refused = header;
  }

  async changedSinceRefusal(): Promise<boolean> {
    if (this.#refused === null) return false;
    this.#header = null;
    try {
      return (await this.header("")) !== this.#refused;
    } catch (error) {
      // A file that is gone, or no cookie any more, is something else too: the next call says so.
      if (error instanceof NodeRpcError) return true;
      throw error;
    }
  }
}
