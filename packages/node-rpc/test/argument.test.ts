import { expect, it } from "vitest";
import { createNodeRpc, defaultCookiePath, type NodeRpc } from "../src/index.ts";

const access = { url: "http://127.0.0.1:9", auth: { user: "me", password: "secret" } };

it.each<[string, () => unknown, RegExp]>([
  ["createNodeRpc()", () => createNodeRpc(undefined as never), /options: must be \{ url, auth \}, got undefined/],
  ["createNodeRpc(null)", () => createNodeRpc(null as never), /options: must be \{ url, auth \}, got null/],
  ["createNodeRpc({})", () => createNodeRpc({} as never), /url: /],
  [
    "createNodeRpc({ url })",
    () => createNodeRpc({ url: "http://127.0.0.1:8332" } as never),
    /auth: must be \{ cookiePath \}/,
  ],
  ["defaultCookiePath()", () => defaultCookiePath(undefined as never), /options must be \{ platform, home, chain\? \}/],
  ["defaultCookiePath({})", () => defaultCookiePath({} as never), /platform must be process.platform, got undefined/],
  ["no home", () => defaultCookiePath({ platform: "linux" } as never), /home must be a folder, got undefined/],
  [
    "no option of defaultCookiePath",
    () => defaultCookiePath({ platform: "linux", home: "/", chainName: "signet" } as never),
    /chainName: unknown option; the options are .*chain/,
  ],
  [
    "cookie and password",
    () => createNodeRpc({ ...access, auth: { ...access.auth, cookiePath: "/.cookie" } as never }),
    /auth: must have cookiePath or user and password, not both/,
  ],
  [
    "no option of auth",
    () => createNodeRpc({ ...access, auth: { cookie: "/.cookie" } as never }),
    /auth.cookie: unknown option; the options are cookiePath/,
  ],
  ["a URL object", () => createNodeRpc({ ...access, url: new URL(access.url) } as never), /url: must be text/],
  [
    "~ in a path",
    () => createNodeRpc({ ...access, auth: { cookiePath: "~/.cookie" } }),
    /cookiePath: ~ is not expanded/,
  ],
  [
    "an unknown option",
    () => createNodeRpc({ ...access, timeout: 5 } as never),
    /timeout: unknown option; .*timeoutMs/,
  ],
  ["no function", () => createNodeRpc({ ...access, onEvent: 5 } as never), /onEvent: must be a function, not a number/],
])("%s names the wrong argument", (_, call, message) => {
  expect(call).toThrow(message);
});

it.each<[string, (rpc: NodeRpc) => Promise<unknown>, RegExp]>([
  ["call()", (rpc) => rpc.call(undefined as never), /^method must be the name of an RPC method, got undefined/],
  ["no list", (rpc) => rpc.call("uptime", "x" as never), /^params must be an array, got "x"/],
  ["a bigint", (rpc) => rpc.call("getblockhash", [1n]), /^params of getblockhash must be values that JSON has/],
  ["a signal alone", (rpc) => rpc.call("uptime", [], AbortSignal.abort() as never), /^options must be \{ signal \}/],
  [
    "a controller",
    (rpc) => rpc.getUptime({ signal: new AbortController() } as never),
    /^options.signal: must be the sig/,
  ],
  ["a typing error", (rpc) => rpc.getUptime({ sginal: undefined } as never), /^options.sginal: unknown option/],
  ["batch({})", (rpc) => rpc.batch({} as never), /^calls must be an array of \{ method, params \}, got an object/],
  ["batch of names", (rpc) => rpc.batch(["uptime"] as never), /^calls\[0\].method must be the name/],
  ["batch without lists", (rpc) => rpc.batch([{ method: "uptime", params: 5 as never }]), /^calls\[0\].params must be/],
  ["getBlockHash(text)", (rpc) => rpc.getBlockHash("5" as never), /^height must be a whole number, got "5"/],
  ["getBlockHash(1.5)", (rpc) => rpc.getBlockHash(1.5), /^height must be a whole number, got 1.5/],
  ["getBlockHeader(height)", (rpc) => rpc.getBlockHeader(5 as never), /^hash must be 64 hex digits, got 5/],
  ["getBlock(short)", (rpc) => rpc.getBlock("00"), /^hash must be 64 hex digits, got "00"/],
  ["no txids", (rpc) => rpc.getRawTransactions(undefined as never).next(), /^txids must be an array/],
  ["a short txid", (rpc) => rpc.getRawTransactions(["ab"]).next(), /^txids\[0\] must be 64 hex digits, got "ab"/],
])("%s: the error names the argument, without a request", async (_, call, message) => {
  const rpc = createNodeRpc(access);
  try {
    await expect(call(rpc)).rejects.toThrow(message);
  } finally {
    rpc.close();
  }
});
