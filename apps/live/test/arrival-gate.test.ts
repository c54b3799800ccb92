import type { FeedMessage } from "@utxoracle/zmq-source";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalGate, type MempoolVerdict } from "../src/ingest/arrival-gate.ts";

type RawTransactionMessage = Extract<FeedMessage, { topic: "rawtx" }>;
type SequenceMessage = Extract<FeedMessage, { topic: "sequence" }>;

const message = (counter: number, timestamp = 0, bytes = 100): RawTransactionMessage => ({
  topic: "rawtx",
  rawBytes: new Uint8Array(bytes),
  timestamp,
  counter,
});

function gate(options: { patienceSeconds?: number; maxHeldBytes?: number } = {}) {
  const delivered: number[] = [];
  return { delivered, gate: new ArrivalGate({ ...options, deliver: ({ counter }) => delivered.push(counter) }) };
}

const removal = (counter: number): SequenceMessage => ({
  topic: "sequence",
  label: "R",
  hash: String(counter),
  mempoolSequence: counter,
  timestamp: 0,
  counter,
});

/** A gate that delivers to a list. */
function gateToWindow(options: { maxHeldBytes?: number } = {}) {
  const window = new Set<number>();
  const deliver = (delivered: RawTransactionMessage | SequenceMessage): void => {
    if (delivered.topic === "rawtx") window.add(delivered.counter);
    else window.delete(delivered.counter);
  };
  return { window, gate: new ArrivalGate({ ...options, deliver }) };
}

describe("transactions while the node may have restarted", () => {
  it("are held, and delivered as they arrived when RPC fails", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.transaction(message(2));
    expect(delivered).toEqual([]);
    held.release("unavailable");
    held.transaction(message(3));
    expect(delivered).toEqual([1, 2, 3]);
  });

  it("are dropped while the node reads its saved mempool: RPC supplies them", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.release("loading");
    held.transaction(message(2));
    held.release("loaded");
    held.transaction(message(3));
    // It may have been sent before the verdict. Only a window with the saved mempool can tell.
    expect(delivered).toEqual([]);
    held.release("fetched");
    expect(delivered).toEqual([3]);
    held.transaction(message(4));
    expect(delivered).toEqual([3, 4]);
  });

  it("are not held during a sync without a restart", () => {
    const { delivered, gate: open } = gate();
    open.release("loaded");
    open.transaction(message(1));
    expect(delivered).toEqual([1]);
  });

  it("drops transactions from before a second restart", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.release("loaded");
    held.transaction(message(1));
    held.hold();
    held.transaction(message(2));
    held.release("loaded");
    held.transaction(message(3));
    held.release("fetched");
    expect(delivered).toEqual([3]);
  });

  it("are delivered late when RPC fails after the mempool was loaded", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.release("loaded");
    held.release("unavailable");
    expect(delivered).toEqual([1]);
  });

  it("are removed after delivery if their removal arrives while held", () => {
    const { window, gate: held } = gateToWindow();
    held.hold();
    held.release("loaded");
    held.transaction(message(1));
    held.sequence(removal(1));
    held.transaction(message(2));
    expect([...window]).toEqual([]);
    held.release("fetched");
    expect([...window]).toEqual([2]);
  });

  it("removes transactions at once, and not again after they return", () => {
    const { window, gate: held } = gateToWindow();
    held.transaction(message(1));
    held.hold();
    held.release("loaded");
    held.transaction(message(2));
    held.sequence(removal(1));
    expect([...window]).toEqual([]);
    held.transaction(message(1));
    held.release("fetched");
    expect([...window]).toEqual([2, 1]);
  });

  it("are held with their removals in bounded memory", () => {
    const { window, gate: held } = gateToWindow({ maxHeldBytes: 20_200 });
    held.hold();
    held.transaction(message(1));
    for (let count = 0; count < 49; count++) held.sequence(removal(7));
    expect([...window]).toEqual([]);
    held.sequence(removal(7));
    expect([...window]).toEqual([1]);
  });

  it("leave the same window as without a gate, with any replacements", () => {
    const step = fc.record({ number: fc.integer({ min: 0, max: 5 }), removed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom("fetched", "unavailable"), (steps, verdict) => {
        const expected = new Set<number>();
        const { window, gate: held } = gateToWindow();
        held.hold();
        held.release("loaded");
        for (const { number, removed } of steps) {
          if (removed) held.sequence(removal(number));
          else held.transaction(message(number));
          if (removed) expected.delete(number);
          else expected.add(number);
        }
        held.release(verdict as MempoolVerdict);
        expect(window).toEqual(expected);
      }),
    );
  });

  it("are held for a few seconds at most, in bounded memory", () => {
    const patient = gate({ patienceSeconds: 5 });
    patient.gate.hold();
    patient.gate.transaction(message(1, 100));
    patient.gate.transaction(message(2, 105));
    expect(patient.delivered).toEqual([]);
    patient.gate.transaction(message(3, 105.1));
    expect(patient.delivered).toEqual([1, 2, 3]);

    const small = gate({ maxHeldBytes: 1_250 });
    small.gate.hold();
    for (let counter = 1; counter <= 3; counter++) small.gate.transaction(message(counter));
    expect(small.delivered).toEqual([1, 2, 3]);
  });

  it("are delivered at most once, with any sequence of verdicts", () => {
    const step = fc.oneof(
      fc.constant("transaction" as const),
      fc.constant("doubt" as const),
      fc.constantFrom<MempoolVerdict>("loading", "loaded", "fetched", "unavailable"),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { delivered, gate: held } = gate();
        let counter = 0;
        for (const what of steps) {
          if (what === "transaction") held.transaction(message(counter++));
          else if (what === "doubt") held.hold();
          else held.release(what);
        }
        expect(delivered).toHaveLength(new Set(delivered).size);
        // Without a verdict that RPC supplies transactions, none is dropped.
        if (steps.every((what) => what === "transaction" || what === "unavailable"))
          expect(delivered).toHaveLength(counter);
      }),
    );
  });
});
