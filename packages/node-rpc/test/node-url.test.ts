import { describe, expect, it } from "vitest";
import { parseNodeUrl } from "../src/node-url.ts";

describe("parseNodeUrl", () => {
  it.each([
    ["http://127.0.0.1:8332", { hostname: "127.0.0.1", port: 8332, path: "/", shown: "http://127.0.0.1:8332" }],
    [" http://Umbrel.local/ ", { hostname: "umbrel.local", port: 8332, shown: "http://umbrel.local:8332" }],
    ["http://node:80", { hostname: "node", port: 80 }],
    ["http://[::1]:18443", { hostname: "::1", port: 18443, shown: "http://[::1]:18443" }],
    ["https://node.example", { protocol: "https:", port: 443, shown: "https://node.example:443" }],
    ["https://node.example:8443/btc", { port: 8443, path: "/btc", shown: "https://node.example:8443" }],
  ])("%j is understood", (text, address) => {
    expect(parseNodeUrl(text)).toMatchObject(address);
  });
});
