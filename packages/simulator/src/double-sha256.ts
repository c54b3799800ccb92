import { hash } from "node:crypto";

/** Double SHA-256, 32 bytes in internal byte order. */
export function doubleSha256(bytes: Uint8Array): Buffer {
  return hash("sha256", hash("sha256", bytes, "buffer"), "buffer");
}

/** Converts a hash to display order: reversed, in hex. */
export function displayHex(internal: Uint8Array): string {
  return Buffer.from(internal).reverse().toString("hex");
}

/** Converts a hash in display order to bytes in internal order. */
export function internalBytes(displayed: string): Buffer {
  return Buffer.from(displayed, "hex").reverse();
}
