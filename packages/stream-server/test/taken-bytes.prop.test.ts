import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROGRESS_BYTES, TakenBytes } from "../src/taken-bytes.ts";

const TIMEOUT_MS = 60_000;

/** Writes and reads of one second. */
const second = fc.record({
  written: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(500_000) }),
  taken: fc.oneof({ weight: 2, arbitrary: fc.nat(3000) }, { weight: 1, arbitrary: fc.nat(100_000) }),
});

describe("TakenBytes", () => {
  it("reports a stall only if something waited and the timeout passed with less than 64 KiB read", () => {
    fc.assert(
      fc.property(fc.array(second, { minLength: 130, maxLength: 300 }), (seconds) => {
        let written = 0;
        let taken = 0;
        const socket = {
          get bytesWritten() {
            return written;
          },
          get writableLength() {
            return written - taken;
          },
        };
        const watched = new TakenBytes(socket as Socket, TIMEOUT_MS);
        /** Taken before each second; the last second in which nothing waited. */
        const history: number[] = [];
        let emptyAt = -1;
        for (const [now, happened] of seconds.entries()) {
          written += happened.written;
          taken = Math.min(written, taken + happened.taken);
          history.push(taken);
          if (written === taken) emptyAt = now;
          const state = watched.check(written - taken, now * 1000);
          const inTimeout = taken - (history[now - TIMEOUT_MS / 1000] ?? 0);
          if (state === "stalled") {
            expect(emptyAt).toBeLessThan(now - TIMEOUT_MS / 1000);
            expect(inTimeout).toBeLessThan(PROGRESS_BYTES);
            return;
          }
        }
      }),
    );
  });

  it("reports a trickle as a stall", () => {
    let taken = 0;
    const socket = { bytesWritten: 1e9, writableLength: 1e9 };
    const watched = new TakenBytes(socket as unknown as Socket, TIMEOUT_MS);
    const states = Array.from({ length: 62 }, (_, now) => {
      taken += 1000;
      socket.writableLength = 1e9 - taken;
      return watched.check(socket.writableLength, now * 1000);
    });
    expect(states.indexOf("stalled")).toBe(60);
  });
});
