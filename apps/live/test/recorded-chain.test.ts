import { NodeRpcError } from "@utxoracle/node-rpc";
import { describe, expect, it } from "vitest";
import { recordedChain } from "../src/commands/record/recorded-chain.ts";

const onRegtest = { getBlockchainInfo: () => Promise.resolve({ chain: "regtest" } as never) };
const away = {
  getBlockchainInfo: () =>
    Promise.reject(new NodeRpcError("unreachable", "getblockchaininfo", "nothing answers at http://127.0.0.1:8332")),
};

describe("the chain of a recording", () => {
  it("is the node's chain, or unknown without a response", async () => {
    expect(await recordedChain(onRegtest, null)).toBe("regtest");
    expect(await recordedChain(onRegtest, "regtest")).toBe("regtest");
    expect(await recordedChain(away, null)).toBe(null);
    expect(await recordedChain(null, null)).toBe(null);
  });

  it("is checked against --chain", async () => {
    await expect(recordedChain(onRegtest, "main")).rejects.toMatchObject({
      message: /is on chain regtest/,
      exitCode: 2,
    });
    await expect(recordedChain(away, "main")).rejects.toMatchObject({ message: /nothing answers/, exitCode: 3 });
    await expect(recordedChain(null, "main")).rejects.toMatchObject({ message: /needs RPC/, exitCode: 2 });
  });
});
