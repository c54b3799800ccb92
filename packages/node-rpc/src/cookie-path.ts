import { existsSync } from "node:fs";
import { checkOptions } from "./argument.ts";

/** Options of {@link defaultCookiePath}. */
export interface CookiePathOptions {
  /** Value of `process.platform`. */
  readonly platform: string;
  /** Home folder of the node's user. */
  readonly home: string;
  /** Windows only: `%APPDATA%`; default `home`\AppData\Roaming. */
  readonly appData?: string | undefined;
  /** Windows only: `%LOCALAPPDATA%`; default `home`\AppData\Local. */
  readonly localAppData?: string | undefined;
  /** Chain name as in `getblockchaininfo`; default `main`. */
  readonly chain?: string | undefined;
  /** Whether a folder exists. Default: checks the file system. */
  readonly exists?: ((folder: string) => boolean) | undefined;
}

/** Folder of each chain in the data folder; empty for main. */
export const chainFolders: { readonly [chain: string]: string } = {
  main: "",
  test: "testnet3",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

/**
 * Default path of Bitcoin Core's cookie file (doc/files.md of Bitcoin Core). On Windows it is in
 * the local application data since version 28, or in the roaming application data if that folder
 * already exists.
 *
 * @throws {RangeError} for an unknown chain
 * @throws {TypeError} for an unknown option or a value of another type
 */
export function defaultCookiePath(options: CookiePathOptions): string {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`options must be { platform, home, chain? }, got ${String(options)}`);
  checkOptions(options, optionKinds, (name, problem) => new TypeError(`${name}: ${problem}`));
  const { platform, home, chain = "main" } = options;
  if (typeof platform !== "string") throw new TypeError(`platform must be process.platform, got ${String(platform)}`);
  if (typeof home !== "string" || home === "") throw new TypeError(`home must be a folder, got ${String(home)}`);
  const folder = Object.hasOwn(chainFolders, chain) ? chainFolders[chain] : undefined;
  if (folder === undefined)
    throw new RangeError(`chain must be one of ${Object.keys(chainFolders).join(", ")}, got ${JSON.stringify(chain)}`);
  const separator = platform === "win32" ? "\\" : "/";
  const data =
    platform === "win32"
      ? windowsDataFolder(options)
      : platform === "darwin"
        ? [home, "Library", "Application Support", "Bitcoin"].join(separator)
        : [home, ".bitcoin"].join(separator);
  return [data, ...(folder === "" ? [] : [folder]), ".cookie"].join(separator);
}

const optionKinds = {
  platform: "any",
  home: "any",
  appData: "string",
  localAppData: "string",
  chain: "any",
  exists: "function",
} as const;

function windowsDataFolder({ home, appData, localAppData, exists = existsSync }: CookiePathOptions): string {
  // A variable may be set but empty.
  const roaming = `${appData || `${home}\\AppData\\Roaming`}\\Bitcoin`;
  return exists(roaming) ? roaming : `${localAppData || `${home}\\AppData\\Local`}\\Bitcoin`;
}
