import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../src/commands/cli/parse.ts";
import { priceRequest } from "../src/commands/price/price-request.ts";
import { loadSettings } from "../src/config/load.ts";
import { UserError } from "../src/config/user-error.ts";

/** What `utxoracle-live price` is asked for. */
function request(words: readonly string[]): unknown {
  const { command, flags, configPath } = parseCommandLine(["price", ...words], {});
  return priceRequest(loadSettings(command, flags, {}, configPath).settings, Date.parse("2026-01-01T12:00:00Z") / 1000);
}

describe("price", () => {
  it.each([
    [[], "price: missing window"],
    [["--blocks", "0"], "--blocks: the value is not a whole number"],
    [["--blocks", "144", "--hours", "3"], "--blocks and --hours cannot be combined"],
    [["--hours", "3", "--from", "2024-01-01"], "--hours and --from cannot be combined"],
    [["--date", "2023-02-29"], "--date: the value is not a day"],
    [["--date", "2026-01-01"], "2026-01-01 has not ended"],
    [["--from", "2024-01-01"], "--from needs --to"],
    [["--from", "2024-01-02", "--to", "2024-01-01"], "--from 2024-01-02 is after --to"],
    [["--blocks", "3", "--csv", "x.csv"], "--csv works with days only"],
    [["--from", "2024-01-01", "--to", "2024-01-02", "--html", "x.html"], "--html works with one window"],
    [["--date", "2024-01-01", "--csv", "x.csv", "--html", "x.html"], "--html and --csv cannot be combined"],
    [["--blocks", "3", "--port", "1"], "--port is not a flag of price"],
  ])("rejects %j with a user error", (words, culprit) => {
    expect(() => request(words)).toThrow(UserError);
    expect(() => request(words)).toThrow(culprit);
  });

  it("reads each window", () => {
    expect(request(["--blocks", "144"])).toEqual({ kind: "blocks", blocks: 144 });
    expect(request(["--hours", "3"])).toEqual({ kind: "hours", hours: 3 });
    expect(request(["--date", "2025-12-31"])).toEqual({ kind: "days", days: ["2025-12-31"] });
    expect(request(["--from", "2024-02-28", "--to", "2024-03-01"])).toEqual({
      kind: "days",
      days: ["2024-02-28", "2024-02-29", "2024-03-01"],
    });
  });
});
