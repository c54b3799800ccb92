import { existsSync } from "node:fs";

/** The machine on which the node runs, as far as its cookie's place depends on it. */
export interface CookiePlace {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** The home folder of the node's user. */
  readonly home: string;
  /** On Windows the folder of roaming application data (`%APPDATA%`); default `home`\AppData\Roaming. */
  readonly appData?: string | undefined;
  /** On Windows the folder of local application data (`%LOCALAPPDATA%`); default `home`\AppData\Local. */
  readonly localAppData?: string | undefined;
  /** As `getblockchaininfo` names it; default `main`. */
  readonly chain?: string | undefined;
  /** Whether a folder exists; default: asks the file system. */
  readonly exists?: ((folder: string) => boolean) | undefined;
}

const chainFolders: { readonly [chain: string]: string } = {
  main: "",
  test: "testnet3",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

/**
 * Where Bitcoin Core puts its cookie unless a setting of its own says otherwise (doc/files.md of Bitcoin Core). On Windows
 * that is local application data since version 28, and roaming application data where its folder is there already.
 * @throws {RangeError} for an unknown chain.
 */
export function defaultCookiePath(place: CookiePlace): string {
  const { platform, home, chain = "main" } = place;
  const folder = Object.hasOwn(chainFolders, chain) ? chainFolders[chain] : undefined;
  if (folder === undefined) throw new RangeError(`unknown chain ${JSON.stringify(chain)}`);
  const separator = platform === "win32" ? "\\" : "/";
  const data =
    platform === "win32"
      ? windowsDataFolder(place)
      : platform === "darwin"
        ? [home, "Library", "Application Support", "Bitcoin"].join(separator)
        : [home, ".bitcoin"].join(separator);
  return [data, ...(folder === "" ? [] : [folder]), ".cookie"].join(separator);
}

function windowsDataFolder({ home, appData, localAppData, exists = existsSync }: CookiePlace): string {
  const roaming = `${appData ?? `${home}\\AppData\\Roaming`}\\Bitcoin`;
  return exists(roaming) ? roaming : `${localAppData ?? `${home}\\AppData\\Local`}\\Bitcoin`;
}
