import type { RegtestNode } from "@utxoracle/testkit";

/** The settings that point the program at a node of the tests: every topic that it publishes, RPC by cookie. */
export function nodeFlags(node: RegtestNode): string[] {
  return [
    "--zmq-rawtx",
    node.endpoints.rawtx,
    "--zmq-rawblock",
    node.endpoints.rawblock ?? "none",
    "--zmq-sequence",
    node.endpoints.sequence ?? "none",
    "--rpc-url",
    node.rpcUrl,
    "--rpc-cookie",
    node.cookiePath,
  ];
}
