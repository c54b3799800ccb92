import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrames } from "../src/frames.ts";
import { anyMessage, framesOf } from "./messages.ts";

describe("decodeFrames", () => {
  it("decodes every message", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeFrames(framesOf(message), message.timestamp)).toEqual({ message, invalid: null });
      }),
    );
  });

  it("returns a message or a problem for arbitrary frames and never throws", () => {
    const frame = fc.oneof(
      fc.constantFrom(...["rawtx", "rawblock", "hashblock", "sequence", "hashtx", ""].map((name) => Buffer.from(name))),
      fc.uint8Array({ maxLength: 120 }),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        const { message, invalid } = decodeFrames(frames, 1);
        if (message === null) expect(invalid?.problem).toMatch(/\w/);
        else
          expect(framesOf(message).map((part) => Buffer.from(part))).toEqual(frames.map((part) => Buffer.from(part)));
      }),
      { numRuns: 2000 },
    );
  });

  it("rejects a body of wrong length but keeps the counter", () => {
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (message, longer) => {
        const [topic, body, counter] = framesOf(message) as [Uint8Array, Uint8Array, Uint8Array];
        const wrong = longer ? Buffer.concat([body, Buffer.of(0)]) : body.subarray(0, -1);
        const { invalid } = decodeFrames([topic, wrong, counter], 1);
        if (message.topic === "hashblock" || message.topic === "sequence")
          expect(invalid).toMatchObject({ topic: message.topic, counter: message.counter });
        const wrongCounter = longer ? Buffer.concat([counter, Buffer.of(0)]) : counter.subarray(0, -1);
        expect(decodeFrames([topic, body, wrongCounter], 1).invalid).toMatchObject({ counter: null });
      }),
    );
  });

  it("rejects an unknown sequence label and an unsafe mempool counter", () => {
    const counter = Buffer.alloc(4);
    const body = (letter: string, count: number): Buffer =>
      Buffer.concat([Buffer.alloc(32), Buffer.from(letter), Buffer.alloc(8, count)]);
    const problem = (bytes: Uint8Array): unknown =>
      decodeFrames([Buffer.from("sequence"), bytes, counter], 1).invalid?.problem;
    expect(problem(body("X", 0))).toBe('an unknown sequence label "X"');
    expect(problem(body("A", 255))).toBe("a mempool sequence beyond the safe integers");
    expect(decodeFrames([Buffer.alloc(40, 0x61), body("A", 0), counter], 1).invalid?.problem).toContain(
      "aaaaaaaaaaaaaaaa…",
    );
  });
});
