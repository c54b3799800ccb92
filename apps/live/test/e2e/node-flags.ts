import { createHmac } from "node:crypto";
import type { RegtestNode } from "@utxoracle/testkit";

/** Flags that connect the program to a test node: all its topics, RPC with the cookie. */
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

/** Node arguments for a user limited to these RPC calls, as from Bitcoin Core's `share/rpcauth`. */
export function restrictedUser(user: string, password: string, calls: readonly string[]): string[] {
  const salt = "00112233445566778899aabbccddeeff";
  return [
    `-rpcauth=${user}:${salt}$${createHmac("sha256", salt).update(password).digest("hex")}`,
    `-rpcwhitelist=${user}:${calls.join(",")}`,
    "-rpcwhitelistdefault=0",
  ];
}
