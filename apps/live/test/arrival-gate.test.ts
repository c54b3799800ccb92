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

/** A gate before a window that holds numbers. */
function gateToWindow(options: { maxHeldBytes?: number } = {}) {
  const window = new Set<number>();
  const deliver = (delivered: RawTransactionMessage | SequenceMessage): void => {
    if (delivered.topic === "rawtx") window.add(delivered.counter);
    else window.delete(delivered.counter);
  };
  return { window, gate: new ArrivalGate({ ...options, deliver }) };
}

describe("transactions while it is not known whether the node was started anew", () => {
  it("wait, and come as they came when RPC does not serve", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.transaction(message(2));
    expect(delivered).toEqual([]);
    held.release("unavailable");
    held.transaction(message(3));
    expect(delivered).toEqual([1, 2, 3]);
  });

  it("are left to RPC while the node reads its saved mempool", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.release("loading");
    held.transaction(message(2));
    held.release("loaded");
    held.transaction(message(3));
    // It may have been sent before the node said so: only a window that knows the saved ones can
    // tell.
    expect(delivered).toEqual([]);
    held.release("fetched");
    expect(delivered).toEqual([3]);
    held.transaction(message(4));
    expect(delivered).toEqual([3, 4]);
  });

  it("do not wait when a node that was never in doubt is looked at again", () => {
    const { delivered, gate: open } = gate();
    open.release("loaded");
    open.transaction(message(1));
    expect(delivered).toEqual([1]);
  });

  it("from before another start are not taken for new ones after it", () => {
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

  it("come late rather than never when the node says that all is loaded, and then fails", () => {
    const { delivered, gate: held } = gate();
    held.hold();
    held.transaction(message(1));
    held.release("loaded");
    held.release("unavailable");
    expect(delivered).toEqual([1]);
  });

  it("are replaced after they came, also when the replacement is told while they wait", () => {
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

  it("are replaced at once where the window holds them, and not once more when they came back", () => {
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

  it("wait with what removes them in bounded memory", () => {
    const { window, gate: held } = gateToWindow({ maxHeldBytes: 20_200 });
    held.hold();
    held.transaction(message(1));
    for (let count = 0; count < 49; count++) held.sequence(removal(7));
    expect([...window]).toEqual([]);
    held.sequence(removal(7));
    expect([...window]).toEqual([1]);
  });

  it("leave the window as without a gate, whatever is replaced and comes back while they wait", () => {
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

  it("wait no longer than a few seconds, and in bounded memory", () => {
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

  it("are delivered at most once, whatever is said when", () => {
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
        // Where nothing speaks for RPC bringing them, nothing is lost.
        if (steps.every((what) => what === "transaction" || what === "unavailable"))
          expect(delivered).toHaveLength(counter);
      }),
    );
  });
});
