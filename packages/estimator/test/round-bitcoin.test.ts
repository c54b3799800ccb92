import { describe, expect, test } from "vitest";
import { isRoundBitcoin } from "../src/round-bitcoin.ts";

describe("amounts chosen in bitcoin", () => {
  for (const valueSats of [10_000, 11_100, 1_234_500, 100_000_000, 250_000, 1_000_050, 999_951, 21_000_100])
    test(`${valueSats} is one`, () => expect(isRoundBitcoin(valueSats)).toBe(true));
  for (const valueSats of [73_461, 146_923, 1_234_567, 1_000_150, 136_054_421, 5_443_310_657])
    test(`${valueSats} is none`, () => expect(isRoundBitcoin(valueSats)).toBe(false));
});
