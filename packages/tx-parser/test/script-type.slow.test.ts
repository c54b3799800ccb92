import { needs, RegtestDaemon } from "@utxoracle/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyScript, serializeTransaction } from "../src/index.ts";
import { anyScript, nodeTypes } from "./any-script.ts";
import { toHex } from "./transaction-bytes.ts";

describe("classifyScript and a real node", needs("bitcoind"), () => {
  let node: RegtestDaemon;
  beforeAll(async () => {
    node = await RegtestDaemon.start({ topics: [] });
  });
  afterAll(() => node?.remove());

  it("agree on the kind of 20,000 generated scripts", async () => {
    const perKind = new Map<string, number>();
    for (let seed = 0; seed < 10; seed++) {
      const scripts = fc.sample(anyScript, { numRuns: 2000, seed });
      const transaction = serializeTransaction({
        version: 2,
        inputs: [{ txid: "11".repeat(32), vout: 0, scriptSig: new Uint8Array(), sequence: 0, witness: [] }],
        outputs: scripts.map((script) => ({ valueSats: 0, script })),
        lockTime: 0,
      });
      const { result } = (await node.post({
        id: seed,
        method: "decoderawtransaction",
        params: [toHex(transaction), false],
      })) as { result: { vout: { scriptPubKey: { hex: string; type: string } }[] } };
      expect(result.vout.map(({ scriptPubKey }) => scriptPubKey.hex)).toEqual(scripts.map(toHex));
      for (const [index, { scriptPubKey }] of result.vout.entries()) {
        const script = scripts[index]!;
        // Every script that starts with OP_RETURN is `op_return`, as documented.
        const expected = script[0] === 0x6a ? "op_return" : nodeTypes[scriptPubKey.type];
        expect(classifyScript(script), `${scriptPubKey.type} ${scriptPubKey.hex}`).toBe(expected);
        perKind.set(scriptPubKey.type, (perKind.get(scriptPubKey.type) ?? 0) + 1);
      }
    }
    // Guards the generator: it produces every kind.
    expect([...perKind.keys()].sort()).toEqual(Object.keys(nodeTypes).sort());
    expect(Math.min(...perKind.values())).toBeGreaterThan(20);
  });
});
