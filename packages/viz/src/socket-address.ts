import { StreamClientError } from "./stream-client-error.ts";

/**
 * Resolves a WebSocket address against the page's own address.
 * @throws StreamClientError `bad_url`
 */
export function socketAddress(address: string): string {
  let href = "";
  try {
    href = new URL(address, document.baseURI).href.replace(/^http/, "ws");
  } catch {
    // Invalid: rejected below, like other schemes.
  }
  if (!/^wss?:/.test(href))
    throw new StreamClientError(
      "bad_url",
      `websocketUrl: expected ws://…, wss://… or an address relative to the page's, found ${JSON.stringify(address)}`,
    );
  return href;
}
