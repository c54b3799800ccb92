import { checkOptions } from "./argument.ts";
import { readCookie } from "./cookie-file.ts";
import { NodeRpcError } from "./error.ts";

/**
 * Authentication: the cookie file that the node writes at every start, or user and password
 * (`rpcauth`). A password function is called for each request; its result is not stored.
 */
export type NodeRpcAuth =
  | { readonly cookiePath: string; readonly user?: undefined; readonly password?: undefined }
  | {
      readonly cookiePath?: undefined;
      readonly user: string;
      /** The password, or a function that returns it. */
      readonly password: string | (() => string);
    };

/** Provides the Authorization header. Keeps the secret in private fields, out of logs and JSON. */
export interface Credentials {
  /**
   * @param method RPC method, for the error.
   * @throws {NodeRpcError} `cookie_missing`, `cookie_unreadable`
   */
  header(method: string): Promise<string>;
  /**
   * Drops the cached cookie, after a rejection or a possible restart.
   *
   * @returns whether the header may change
   */
  refresh(): boolean;
  /** Records that the node rejected this header. */
  onRejected(header: string): void;
  /**
   * Whether the header has changed since the last rejection. Reads the cookie file; sends no
   * request.
   */
  changedSinceRejection(): Promise<boolean>;
  /** The rejected credentials and the remedy, e.g. `the cookie in /…/.cookie: …`. */
  readonly description: string;
}

/** @throws {NodeRpcError} `invalid_option` */
export function createCredentials(auth: NodeRpcAuth): Credentials {
  const invalid = (problem: string): NodeRpcError => new NodeRpcError("invalid_option", "", `auth${problem}`);
  if (typeof auth === "object" && auth !== null) {
    checkOptions(auth, authKinds, (name, problem) => invalid(`.${name}: ${problem}`));
    const { cookiePath, user, password } = auth;
    if (cookiePath !== undefined && (user !== undefined || password !== undefined))
      throw invalid(": must have cookiePath or user and password, not both");
    if (typeof cookiePath === "string" && cookiePath !== "") {
      if (cookiePath.startsWith("~")) throw invalid(".cookiePath: ~ is not expanded; write os.homedir()");
      return new CookieCredentials(cookiePath);
    }
    if (typeof user === "string" && (typeof password === "string" || typeof password === "function")) {
      if (user.includes(":")) throw invalid(".user: must not contain a colon");
      return new PasswordCredentials(user, password);
    }
  }
  throw invalid(": must be { cookiePath } or { user, password }");
}

const authKinds = { cookiePath: "any", user: "any", password: "any" } as const;

const basic = (userAndPassword: string): string => `Basic ${Buffer.from(userAndPassword).toString("base64")}`;

class PasswordCredentials implements Credentials {
  readonly description: string;
  readonly #header: () => string;

  constructor(user: string, password: string | (() => string)) {
    this.description = `the password of user ${JSON.stringify(user)}: correct it (rpcuser/rpcauth in bitcoin.conf)`;
    this.#header = () => basic(`${user}:${typeof password === "string" ? password : password()}`);
  }

  async header(): Promise<string> {
    return this.#header();
  }

  refresh(): boolean {
    return false;
  }

  onRejected(): void {}

  changedSinceRejection(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

class CookieCredentials implements Credentials {
  readonly description: string;
  readonly #path: string;
  #header: string | null = null;
  #rejected: string | null = null;

  constructor(path: string) {
    this.#path = path;
    this.description = `the cookie in ${path}: use the .cookie in the running node's data folder`;
  }

  async header(method: string): Promise<string> {
    if (this.#header !== null) return this.#header;
    this.#header = basic(await readCookie(this.#path, method));
    return this.#header;
  }

  refresh(): boolean {
    this.#header = null;
    return true;
  }

  onRejected(header: string): void {
    this.#rejected = header;
  }

  async changedSinceRejection(): Promise<boolean> {
    if (this.#rejected === null) return false;
    this.#header = null;
    try {
      return (await this.header("")) !== this.#rejected;
    } catch (error) {
      // A missing or invalid file is a change too; the next call reports it.
      if (error instanceof NodeRpcError) return true;
      throw error;
    }
  }
}
