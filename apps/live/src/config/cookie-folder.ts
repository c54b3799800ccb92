import { type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { chainFolders } from "@utxoracle/node-rpc";

const statOf = (path: string): Stats | null => {
  try {
    return statSync(path);
  } catch {
    // Missing or forbidden: the RPC client reports it with the path.
    return null;
  }
};

/**
 * The cookie file that `--rpc-cookie` means: the path itself, or the cookie in a node's data
 * folder. Without a chain the newest cookie of all chains: a killed node leaves its old one behind.
 */
export function cookieFileAt(path: string, chain: string | undefined): string {
  if (statOf(path)?.isDirectory() !== true) return path;
  const main = join(path, ".cookie");
  const all = Object.entries(chainFolders)
    .filter(([name]) => chain === undefined || name === chain)
    .map(([, folder]) => join(path, folder, ".cookie"))
    // The folder of one chain, such as ~/.bitcoin/regtest.
    .concat(main)
    .flatMap((file) => {
      const stat = statOf(file);
      return stat?.isFile() === true ? [{ file, time: stat.mtimeMs }] : [];
    })
    .sort((one, other) => other.time - one.time);
  return all[0]?.file ?? join(path, chain === undefined ? "" : (chainFolders[chain] ?? ""), ".cookie");
}
