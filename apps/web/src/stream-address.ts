/** The stream's address relative to the page. Works under any path and behind TLS. */
export function streamAddress(pageAddress: string): string {
  const address = new URL("ws/mempool", pageAddress);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  return address.href;
}
