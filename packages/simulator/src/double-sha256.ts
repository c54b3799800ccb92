import { hash } from "node:crypto";

/** SHA-256 of SHA-256: Bitcoin's hash for ids, headers and merkle trees; 32 bytes in internal byte order. */
export function doubleSha256(bytes: Uint8Array): Buffer {
  return hash("sha256", hash("sha256", bytes, "buffer"), "buffer");
}

/** A hash in the order that people and RPC use: the bytes reversed, in hex. */
export function displayHex(internal: Uint8Array): string {
  return Buffer.from(internal).reverse().toString("hex");
}

/** Bytes in internal order of a hash that is written as people and RPC do. */
export function internalBytes(displayed: string): Buffer {
  return Buffer.from(displayed, "hex").reverse();
}
