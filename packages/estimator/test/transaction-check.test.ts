import { describe, expect, it } from "vitest";
import { checkTransaction } from "../src/window/transaction-check.ts";
import { payment } from "./payment.ts";

const NOW = 1_700_000_000;

describe("an amount with a fraction of a satoshi", () => {
  it("is rounded to the nearest amount inside the range, never to its ends or beyond", () => {
    const satsOf = (amountBtc: number): number => checkTransaction(payment("a", NOW, [amountBtc])).firstSats;
    expect(satsOf(0.000_010_000_1)).toBe(1_001);
    expect(satsOf(0.000_012_344)).toBe(1_234);
    expect(satsOf(99_999.999_999_999)).toBe(9_999_999_999_999);
  });
});
