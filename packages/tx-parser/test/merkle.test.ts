import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMerkleRoot, checkWitnessCommitment, computeMerkleRoot, computeTxid, parseBlock } from "../src/index.ts";
import { blockBytes, fromHex, transactionBytes } from "./transaction-bytes.ts";

const hash256 = (bytes: Buffer): Buffer =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest();

/** The definition in its simplest form. */
function slowRoot(ids: string[]): string {
  let level: Buffer[] = ids.map((id) => Buffer.from(id, "hex").reverse());
  while (level.length > 1)
    level = level.flatMap((left, index) =>
      index % 2 === 1 ? [] : hash256(Buffer.concat([left, level[index + 1] ?? left])),
    );
  return level[0]!.reverse().toString("hex");
}

const anyId = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const coinbaseInput = { outpointTxid: "00".repeat(32), vout: 0xffffffff, scriptSig: "0101" };
const reversed = (id: string): string => Buffer.from(id, "hex").reverse().toString("hex");

describe("computeMerkleRoot", () => {
  it("matches the definition for any number of ids", () => {
    fc.assert(
      fc.property(fc.array(anyId, { minLength: 1, maxLength: 70 }), (ids) => {
        expect(computeMerkleRoot(ids)).toBe(slowRoot(ids));
      }),
    );
    const many = Array.from({ length: 1500 }, (_, index) => index.toString(16).padStart(64, "0"));
    expect(computeMerkleRoot(many)).toBe(slowRoot(many));
  });

  it("returns a single id, zeros for none, and rejects an invalid id", () => {
    expect(computeMerkleRoot(["ab".repeat(32)])).toBe("ab".repeat(32));
    expect(computeMerkleRoot([])).toBe("00".repeat(32));
    expect(() => computeMerkleRoot(["ab".repeat(32), "ab"])).toThrow('ids[1] must be 64 hex digits, got "ab"');
  });

  it("rejects a block that repeats its last transactions (CVE-2012-2459)", () => {
    const transactions = [0, 1, 2].map((lockTime) => transactionBytes({ lockTime, outputs: [{ valueSats: 1 }] }));
    const root = reversed(computeMerkleRoot(transactions.map(computeTxid)));
    expect(checkMerkleRoot(parseBlock(blockBytes(transactions, root)))).toBe(true);
    const repeated = parseBlock(blockBytes([...transactions, transactions[2]!], root));
    expect(computeMerkleRoot(repeated.transactions.map(({ txid }) => txid))).toBe(repeated.header.merkleRoot);
    expect(checkMerkleRoot(repeated)).toBe(false);
  });
});

describe("checkWitnessCommitment", () => {
  const reservedValue = "77".repeat(32);
  const spender = transactionBytes({ inputs: [{ witness: ["0102"] }], outputs: [{ valueSats: 1 }] });
  const { wtxid } = parseBlock(blockBytes([spender])).transactions[0]!;
  const witnessRoot = Buffer.from(slowRoot(["00".repeat(32), wtxid]), "hex").reverse();
  const commitment = hash256(Buffer.concat([witnessRoot, fromHex(reservedValue)])).toString("hex");

  function blockWith(scripts: string[], witness: string[] = [reservedValue], others = [spender]) {
    const outputs = scripts.map((script) => ({ valueSats: 0, script }));
    return parseBlock(blockBytes([transactionBytes({ inputs: [{ ...coinbaseInput, witness }], outputs }), ...others]));
  }
  const good = `6a24aa21a9ed${commitment}`;
  const bad = `6a24aa21a9ed${"00".repeat(32)}`;

  it("uses the last commitment and ignores bytes after it", () => {
    expect(checkWitnessCommitment(blockWith(["51", good]))).toBe(true);
    expect(checkWitnessCommitment(blockWith([`${good}0102`]))).toBe(true);
    expect(checkWitnessCommitment(blockWith([bad, good, "51"]))).toBe(true);
    expect(checkWitnessCommitment(blockWith([good, bad]))).toBe(false);
  });

  it("is false without reserved value or without commitment", () => {
    expect(checkWitnessCommitment(blockWith([good], []))).toBe(false);
    expect(checkWitnessCommitment(blockWith([good], ["77".repeat(31)]))).toBe(false);
    expect(checkWitnessCommitment(blockWith([good], [reservedValue, reservedValue]))).toBe(false);
    expect(checkWitnessCommitment(blockWith(["51"]))).toBe(false);
    expect(checkWitnessCommitment(blockWith([good.slice(0, -2)]))).toBe(false);
  });

  it("is null when no transaction has a witness", () => {
    expect(checkWitnessCommitment(blockWith(["51"], [], []))).toBe(null);
    expect(checkWitnessCommitment(parseBlock(blockBytes([])))).toBe(null);
  });
});
