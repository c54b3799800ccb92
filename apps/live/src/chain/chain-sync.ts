import type { BlockchainInfo } from "@utxoracle/node-rpc";

/** A node that has the headers of more blocks than this but not the blocks is catching up, be it for the first time or after hours without a network. */
const FEW_BLOCKS = 6;

/** What a node says of how far it has come. */
type ChainProgress = Pick<
  BlockchainInfo,
  "chain" | "blocks" | "headers" | "initialBlockDownload" | "verificationProgress"
>;

/** What a node lacks of its chain, as the rest of a sentence; null when it is up to date. */
export function lackOfBlocks(info: ChainProgress): string | null {
  const missing = info.headers - info.blocks;
  const done = `(${(info.verificationProgress * 100).toFixed(1)} % done)`;
  if (missing > FEW_BLOCKS) return `lacks ${missing} blocks of its chain ${done}`;
  // Until it has found the headers it does not know what it lacks. A regtest chain stands still between two tests.
  if (info.initialBlockDownload && info.chain !== "regtest")
    return `is at block ${info.blocks}, over a day old, and looks for the rest of its chain ${done}`;
  return null;
}

/** Of a node that was started anew on another chain than the one that was taken in. */
export function chainChangeSentence(chain: string, before: string): string {
  return `the node is on chain ${chain} and was on ${before} before, nothing of ${chain} counts: start the node on ${before} again, or this program anew`;
}
