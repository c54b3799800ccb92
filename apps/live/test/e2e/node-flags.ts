import { createHmac } from "node:crypto";
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

/** A user who may make these calls only, as `share/rpcauth` of Bitcoin Core makes them; arguments for the node. */
export function restrictedUser(user: string, password: string, calls: readonly string[]): string[] {
  const salt = "00112233445566778899aabbccddeeff";
  return [
    `-rpcauth=${user}:${salt}$${createHmac("sha256", salt).update(password).digest("hex")}`,
    `-rpcwhitelist=${user}:${calls.join(",")}`,
    "-rpcwhitelistdefault=0",
  ];
}
