/** The machine on which the node runs, as far as its cookie's place depends on it. */
export interface CookiePlace {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** The home folder of the node's user. */
  readonly home: string;
  /** On Windows the folder of application data (`%APPDATA%`); default `home`\AppData\Roaming. */
  readonly appData?: string | undefined;
  /** As `getblockchaininfo` names it; default `main`. */
  readonly chain?: string | undefined;
}

const chainFolders: { readonly [chain: string]: string } = {
  main: "",
  test: "testnet3",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

/**
 * Where Bitcoin Core puts its cookie when nobody told it otherwise (doc/files.md of Bitcoin Core).
 * @throws {RangeError} for an unknown chain.
 */
export function defaultCookiePath({ platform, home, appData, chain = "main" }: CookiePlace): string {
  const folder = chainFolders[chain];
  if (folder === undefined) throw new RangeError(`unknown chain ${JSON.stringify(chain)}`);
  const separator = platform === "win32" ? "\\" : "/";
  const data =
    platform === "win32"
      ? [appData ?? [home, "AppData", "Roaming"].join(separator), "Bitcoin"]
      : platform === "darwin"
        ? [home, "Library", "Application Support", "Bitcoin"]
        : [home, ".bitcoin"];
  return [...data, ...(folder === "" ? [] : [folder]), ".cookie"].join(separator);
}
