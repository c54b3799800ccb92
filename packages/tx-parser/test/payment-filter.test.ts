import { describe, expect, it } from "vitest";
import {
  computeTxid,
  examineBlockTransactions,
  examineMempoolTransaction,
  examineMempoolTransactions,
  parseTransaction,
  processMempoolTransaction,
  type RawTransaction,
  TxParseError,
} from "../src/index.ts";
import { blockBytes, type HandMadeTransaction, transactionBytes } from "./transaction-bytes.ts";

const twoOutputs = [{ valueSats: 70_000 }, { valueSats: 1_234_567 }];
const nullOutpoint = { outpointTxid: "00".repeat(32), vout: 0xffffffff };
const bytes = (count: number): string => "5a".repeat(count);

function raw(transaction: HandMadeTransaction): RawTransaction {
  return {
    rawBytes: transactionBytes({ outputs: twoOutputs, ...transaction }),
    timestamp: 1_700_000_000.25,
    topic: "rawtx",
  };
}

/** At least one row per rule and per boundary of a rule. */
const cases: [name: string, transaction: HandMadeTransaction, expected: string | number[]][] = [
  ["an ordinary payment", {}, [0.0007, 0.01234567]],
  ["rule 1: a coinbase with two outputs", { inputs: [{ ...nullOutpoint, scriptSig: "0102" }] }, "coinbase"],
  ["rule 1: a null outpoint beside another input", { inputs: [{}, nullOutpoint] }, "coinbase"],
  ["rule 1: index 0xffffffff of a real transaction", { inputs: [{ vout: 0xffffffff }] }, [0.0007, 0.01234567]],
  [
    "rule 1: an all-zero txid with another index",
    { inputs: [{ outpointTxid: "00".repeat(32), vout: 0 }] },
    [0.0007, 0.01234567],
  ],
  [
    "rule 1: a txid that is zero except its last byte",
    { inputs: [{ outpointTxid: `${"00".repeat(31)}01`, vout: 0xffffffff }] },
    [0.0007, 0.01234567],
  ],
  ["rule 2: 5 inputs", { inputs: [{}, {}, {}, {}, {}] }, [0.0007, 0.01234567]],
  ["rule 2: 6 inputs", { inputs: [{}, {}, {}, {}, {}, {}] }, "too_many_inputs"],
  ["rule 2: 300 inputs", { inputs: new Array(300).fill({}) }, "too_many_inputs"],
  ["rule 3: no output", { outputs: [] }, "not_two_outputs"],
  ["rule 3: 1 output", { outputs: [{ valueSats: 70_000 }] }, "not_two_outputs"],
  ["rule 3: 3 outputs", { outputs: [...twoOutputs, { valueSats: 5000 }] }, "not_two_outputs"],
  ["rule 4: OP_RETURN first", { outputs: [{ valueSats: 0, script: "6a0101" }, { valueSats: 70_000 }] }, "op_return"],
  ["rule 4: OP_RETURN second", { outputs: [{ valueSats: 70_000 }, { valueSats: 0, script: "6a" }] }, "op_return"],
  [
    "rule 4: 0x6a elsewhere in a script",
    {
      outputs: [
        { valueSats: 70_000, script: "016a" },
        { valueSats: 80_000, script: "51" },
      ],
    },
    [0.0007, 0.0008],
  ],
  [
    "rule 4: an empty script followed by the byte 0x6a",
    {
      outputs: [
        { valueSats: 70_000, script: "" },
        { valueSats: 0x6a, script: "" },
      ],
    },
    [0.0007],
  ],
  ["rule 5: one witness item of 500 bytes", { inputs: [{ witness: [bytes(500)] }] }, [0.0007, 0.01234567]],
  ["rule 5: one witness item of 501 bytes", { inputs: [{ witness: [bytes(501)] }] }, "large_witness"],
  [
    "rule 5: items of 500 bytes in total",
    { inputs: [{ witness: [bytes(72), bytes(33), bytes(395)] }] },
    [0.0007, 0.01234567],
  ],
  [
    "rule 5: items of 501 bytes in total",
    { inputs: [{ witness: [bytes(250), bytes(1), bytes(250)] }] },
    "large_witness",
  ],
  [
    "rule 5: 500 bytes in each of five inputs",
    { inputs: new Array(5).fill({ witness: [bytes(250), bytes(250)] }) },
    [0.0007, 0.01234567],
  ],
  [
    "rule 5: 501 bytes in the last of five inputs",
    { inputs: [{}, {}, {}, {}, { witness: [bytes(501)] }] },
    "large_witness",
  ],
  ["rule 5: a long scriptSig is not witness", { inputs: [{ scriptSig: bytes(501) }] }, [0.0007, 0.01234567]],
  ["amount: excludes exactly 1e-5 BTC", { outputs: [{ valueSats: 1000 }, { valueSats: 1001 }] }, [0.00001001]],
  [
    "amount: excludes exactly 1e5 BTC",
    { outputs: [{ valueSats: 9_999_999_999_999 }, { valueSats: 10_000_000_000_000 }] },
    [99999.99999999],
  ],
  [
    "amount: drops one out of range and keeps the other",
    { outputs: [{ valueSats: 546 }, { valueSats: 250_000 }] },
    [0.0025],
  ],
  [
    "amount: both out of range is a payment without amounts",
    { outputs: [{ valueSats: 546 }, { valueSats: 1000 }] },
    [],
  ],
  [
    "amount: excludes the largest possible value",
    { outputs: [{ valueSats: Number.MAX_SAFE_INTEGER }, { valueSats: 0 }] },
    [],
  ],
];

describe("processMempoolTransaction", () => {
  it.each(cases)("%s", (_name, transaction, expected) => {
    const seen = new Set<string>();
    const input = raw(transaction);
    const txid = computeTxid(input.rawBytes);
    const examined = examineMempoolTransaction(input, seen);
    expect(processMempoolTransaction(input, new Set())).toEqual(examined.transaction);
    expect(examined.txid).toBe(txid);
    if (typeof expected === "string")
      expect(examined).toEqual({ txid, reason: expected, transaction: null, vouts: [] });
    else
      expect(examined).toEqual({
        txid,
        reason: null,
        transaction: {
          txid,
          amounts: expected,
          timestamp: 1_700_000_000.25,
          feeRate: null,
          inputCount: transaction.inputs?.length ?? 1,
          outputCount: 2,
        },
        vouts: examined.vouts,
      });
    // Each amount is the value of the output in `vouts`.
    const { outputs } = parseTransaction(input.rawBytes);
    if (examined.transaction !== null)
      expect(examined.vouts.map((vout) => (outputs[vout]?.valueSats ?? Number.NaN) / 1e8)).toEqual(expected);
    // Rule 6 applies to spends of rejected transactions too, so every id is added.
    expect([...seen]).toEqual([txid]);
  });

  it("rule 6: rejects a spend of a seen transaction by any input", () => {
    for (const parent of [raw({}), raw({ outputs: [{ valueSats: 1 }] })]) {
      const seen = new Set<string>();
      const { txid } = examineMempoolTransaction(parent, seen);
      const outpointTxid = Buffer.from(txid, "hex").reverse().toString("hex");
      for (let place = 0; place < 5; place++) {
        const inputs = Array.from({ length: 5 }, (_, index) => ({
          scriptSig: bytes(100 * index),
          ...(index === place ? { outpointTxid } : {}),
        }));
        const child = raw({ inputs });
        expect(examineMempoolTransaction(child, new Set()).reason).toBe(null);
        expect(examineMempoolTransaction(child, seen).reason).toBe("spends_window_transaction");
        expect(processMempoolTransaction(child)).not.toBe(null);
      }
    }
  });

  it("passes the same transaction twice: it does not deduplicate", () => {
    const seen = new Set<string>();
    expect(processMempoolTransaction(raw({}), seen)).not.toBe(null);
    expect(processMempoolTransaction(raw({}), seen)).not.toBe(null);
  });

  it("returns the first rule that rejects", () => {
    const all = {
      inputs: [nullOutpoint, {}, {}, {}, {}, { witness: [bytes(501)] }],
      outputs: [{ valueSats: 0, script: "6a" }],
    };
    expect(examineMempoolTransaction(raw(all)).reason).toBe("coinbase");
    expect(examineMempoolTransaction(raw({ ...all, inputs: [{}, ...all.inputs.slice(1)] })).reason).toBe(
      "too_many_inputs",
    );
    expect(examineMempoolTransaction(raw({ ...all, inputs: all.inputs.slice(5) })).reason).toBe("not_two_outputs");
    const outputs = [{ valueSats: 0, script: "6a" }, { valueSats: 1 }];
    expect(examineMempoolTransaction(raw({ inputs: all.inputs.slice(5), outputs })).reason).toBe("op_return");
  });

  it("adds nothing to the window for invalid bytes", () => {
    const seen = new Set<string>();
    const { rawBytes, ...rest } = raw({});
    expect(() => processMempoolTransaction({ ...rest, rawBytes: rawBytes.subarray(1) }, seen)).toThrow(TxParseError);
    expect(() => examineMempoolTransactions([raw({}), { ...rest, rawBytes: rawBytes.subarray(1) }], seen)).toThrow(
      /^raws\[1\]: /,
    );
    expect(() => examineBlockTransactions(blockBytes([rawBytes, rawBytes.subarray(1)]), seen, 0)).toThrow(TxParseError);
    expect(seen.size).toBe(0);
  });

  it("throws a TypeError that names the invalid argument", () => {
    const { rawBytes } = raw({});
    const wrong = (value: unknown): RawTransaction => value as RawTransaction;
    for (const value of [null, undefined, "00"])
      expect(() => processMempoolTransaction(wrong(value))).toThrow("raw must be an object");
    expect(() => processMempoolTransaction(wrong({ rawBytes: "00", timestamp: 0 }))).toThrow(
      "raw.rawBytes must be a Uint8Array",
    );
    expect(() => processMempoolTransaction(wrong({ rawBytes, timestamp: Number.NaN }))).toThrow(
      "raw.timestamp must be",
    );
    expect(() => processMempoolTransaction(wrong({ rawBytes }))).toThrow("raw.timestamp must be");
    expect(() => examineMempoolTransactions([raw({}), wrong({ rawBytes })])).toThrow("raws[1].timestamp must be");
    expect(() => examineBlockTransactions(blockBytes([]), new Set(), Number.POSITIVE_INFINITY)).toThrow(
      "timestamp must be",
    );
  });
});

describe("examineMempoolTransactions", () => {
  it("returns results in order and rejects a child of an earlier parent", () => {
    const parent = raw({});
    const outpointTxid = Buffer.from(computeTxid(parent.rawBytes), "hex").reverse().toString("hex");
    const raws = [
      parent,
      { ...raw({ outputs: [{ valueSats: 1 }] }), timestamp: 7 },
      raw({ inputs: [{ outpointTxid }] }),
    ];
    const seen = new Set<string>();
    const examined = examineMempoolTransactions(raws, seen);
    expect(examined.map(({ reason }) => reason)).toEqual([null, "not_two_outputs", "spends_window_transaction"]);
    expect(examined[0]).toEqual(examineMempoolTransaction(parent));
    const txids = raws.map(({ rawBytes }) => computeTxid(rawBytes));
    expect(examined.map(({ txid }) => txid)).toEqual(txids);
    expect([...seen]).toEqual(txids);
  });
});

describe("examineBlockTransactions", () => {
  it("returns results in block order with the block's timestamp", () => {
    const coinbase = transactionBytes({ inputs: [nullOutpoint], outputs: twoOutputs });
    const payment = transactionBytes({ outputs: twoOutputs });
    const outpointTxid = Buffer.from(computeTxid(payment), "hex").reverse().toString("hex");
    const child = transactionBytes({ inputs: [{ outpointTxid }], outputs: twoOutputs });
    const seen = new Set<string>();
    const examined = examineBlockTransactions(blockBytes([coinbase, payment, child]), seen, 1_700_000_123);
    expect(examined.map(({ reason }) => reason)).toEqual(["coinbase", null, "spends_window_transaction"]);
    expect(examined.map(({ txid }) => txid)).toEqual([coinbase, payment, child].map(computeTxid));
    expect(examined[1]?.transaction?.timestamp).toBe(1_700_000_123);
    expect(seen.size).toBe(3);
  });
});
