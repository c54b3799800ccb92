import { readCookie } from "./cookie-file.ts";
import { NodeRpcError } from "./error.ts";

/**
 * How the node lets us in: by the cookie file that it writes at every start, or by `rpcuser`/`rpcauth` and a password.
 * A password given as a function is asked for with each request and not kept.
 */
export type NodeRpcAuth =
  | { readonly cookiePath: string }
  | {
      readonly user: string;
      /** The password, or a function that returns it. */
      readonly password: string | (() => string);
    };

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
  /** What was refused and what to do, e.g. `the cookie in /…/.cookie: …`. */
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
    this.description = `the password of user ${JSON.stringify(user)}: correct it (rpcuser/rpcauth in bitcoin.conf)`;
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

class CookieCredentials implements Credentials {
  readonly description: string;
  readonly #path: string;
  #header: string | null = null;
  #refused: string | null = null;

  constructor(path: string) {
    this.#path = path;
    this.description = `the cookie in ${path}: name the .cookie in the data folder of the node that runs`;
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
