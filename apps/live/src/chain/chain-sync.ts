import type { BlockchainInfo } from "@utxoracle/node-rpc";

/**
 * A node that misses more blocks than this is syncing: for the first time, or after hours without a
 * network.
 */
const MAX_MISSING_BLOCKS = 6;

/** Sync progress of a node. */
type ChainProgress = Pick<
  BlockchainInfo,
  "chain" | "blocks" | "headers" | "initialBlockDownload" | "verificationProgress"
>;

/**
 * What a syncing node still misses, as a predicate ("lacks 12 blocks …"); null when the node is
 * synced.
 */
export function lackOfBlocks(info: ChainProgress): string | null {
  const missing = info.headers - info.blocks;
  const done = `(${(info.verificationProgress * 100).toFixed(1)} % done)`;
  if (missing > MAX_MISSING_BLOCKS) return `lacks ${missing} blocks of its chain ${done}`;
  // Before it has the headers, a node cannot count its missing blocks. Regtest may have no new
  // block for days.
  if (info.initialBlockDownload && info.chain !== "regtest")
    return `is still downloading headers; its last block, ${info.blocks}, is over a day old ${done}`;
  return null;
}

/** Error for a node that restarted on another chain. */
export function chainChangeSentence(chain: string, before: string): string {
  return `the node changed from chain ${before} to ${chain}, whose data is ignored: restart the node on ${before}, or restart this program`;
}
