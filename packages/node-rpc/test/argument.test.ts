import { expect, it } from "vitest";
import { createNodeRpc, defaultCookiePath } from "../src/index.ts";

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
  ["defaultCookiePath({})", () => defaultCookiePath({} as never), /home must be a folder, got undefined/],
])("%s names the wrong argument", (_, call, message) => {
  expect(call).toThrow(message);
});

it("the methods name the wrong argument, without a request", async () => {
  const rpc = createNodeRpc({ url: "http://127.0.0.1:9", auth: { user: "me", password: "secret" } });
  try {
    await expect(rpc.call(undefined as never)).rejects.toThrow(
      "method must be the name of an RPC method, got undefined",
    );
    await expect(rpc.call("uptime", "x" as never)).rejects.toThrow("params must be an array, got string");
    await expect(rpc.batch({} as never)).rejects.toThrow("calls must be an array of { method, params }, got object");
    await expect(rpc.getRawTransactions(undefined as never).next()).rejects.toThrow(/txids must be an array/);
  } finally {
    rpc.close();
  }
});
