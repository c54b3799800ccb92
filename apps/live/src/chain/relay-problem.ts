import type { NetworkInfo } from "@utxoracle/node-rpc";

/** Why a node hears of no transactions, and the setting to change. */
export interface RelayProblem {
  readonly code: "node_network_off" | "node_blocks_only" | "node_no_peers";
  readonly message: string;
}

/** What keeps a node from hearing of transactions; null when nothing does. A node on regtest needs no peers. */
export function relayProblem(
  { networkActive, localRelay, connections }: Pick<NetworkInfo, "networkActive" | "localRelay" | "connections">,
  chain: string,
): RelayProblem | null {
  if (!networkActive)
    return {
      code: "node_network_off",
      message:
        "the node's network is switched off, so it hears of no payments: bitcoin-cli setnetworkactive true, or remove networkactive=0 from its bitcoin.conf and restart it",
    };
  if (!localRelay)
    return {
      code: "node_blocks_only",
      message:
        "the node takes blocks only, so it hears of no payments: remove blocksonly=1 from its bitcoin.conf or command line and restart it",
    };
  if (connections === 0 && chain !== "regtest")
    return {
      code: "node_no_peers",
      message:
        "the node has no peers, so it hears of no payments: check its network, and connect, maxconnections, onlynet and proxy in its bitcoin.conf",
    };
  return null;
}
