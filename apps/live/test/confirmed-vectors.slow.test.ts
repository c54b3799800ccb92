import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { corpusPath, isAvailable, needs } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { engineOf, estimateConfirmed } from "../src/confirmed/estimate-confirmed.ts";

interface Vector {
  readonly input: string;
  /** Rows of a day after one time, up to another, Unix seconds. */
  readonly after?: number;
  readonly until?: number;
  readonly outputs: number;
  readonly central_price_usd: number;
}

const read = (path: string): Buffer => gunzipSync(readFileSync(corpusPath(path)));

describe("the engine of a window", () => {
  it("is posterior under a day, and reference from a day up", () => {
    expect(engineOf({ hours: 23.9 })).toBe("posterior");
    expect(engineOf({ hours: 24 })).toBe("reference");
    expect(engineOf({ blocks: 143 })).toBe("posterior");
    expect(engineOf({ blocks: 144 })).toBe("reference");
    expect(engineOf("day")).toBe("reference");
  });
});

describe("the confirmed price on real blocks and days", needs("corpus"), () => {
  const vectors: Vector[] = isAvailable("corpus")
    ? JSON.parse(readFileSync(corpusPath("vectors/v9_1.json"), "utf8"))
    : [];

  it.each(vectors.filter(({ input }) => input.startsWith("blocks/")))("equals the original's on $input", (vector) => {
    const chain = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
    chain.connect(read(vector.input), null);
    const amounts = chain.amountsBtc();
    expect(amounts).toHaveLength(vector.outputs);
    expect(estimateConfirmed("reference")(amounts).price).toBe(vector.central_price_usd);
  });

  // The estimator's tests compare the same engine with all vectors.
  it.each(vectors.filter(({ after = 0, until = 0 }) => until > after && until - after <= 3600))(
    "equals UTXOracle's on $input after $after until $until",
    ({ input, after = 0, until = 0, outputs, central_price_usd }) => {
      const rows = read(input).toString().trim().split("\n").slice(1);
      const amounts = rows.flatMap((row) => {
        const [time, sats] = row.split(",").map(Number) as [number, number];
        return time > after && time <= until ? [sats / 1e8] : [];
      });
      expect(amounts).toHaveLength(outputs);
      expect(estimateConfirmed("reference")(amounts).price).toBe(central_price_usd);
    },
  );

  // UTXOracle's spikes start at $10,000, so it is wrong before 2017.
  it.each(["367891", "426884"])("is not ok at block %s, where the price is out of UTXOracle's range", (name) => {
    const chain = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
    chain.connect(read(`blocks/${name}.raw.gz`), null);
    for (const engine of ["reference", "posterior"] as const)
      expect(estimateConfirmed(engine)(chain.amountsBtc()).status).not.toBe("ok");
  });

  it("is ok only where both engines agree", () => {
    const day = read("days/2024-03-28.csv.gz").toString().trim().split("\n").slice(1, 50_000);
    const amounts = day.map((row) => Number(row.split(",")[1]) / 1e8);
    const estimate = estimateConfirmed("reference")(amounts);
    expect(estimate).toMatchObject({ status: "ok", interval: null });
    expect(estimate.confidence).toBeGreaterThan(0.5);
    // Half of the payments are at twice the price: the reference engine sees one of two patterns.
    const doubled = amounts.map((amount, index) => (index % 40 === 0 ? amount : 1e-4 * (1 + (index % 977) / 977)));
    expect(estimateConfirmed("reference")(doubled).status).not.toBe("ok");
    expect(estimateConfirmed("reference")([])).toMatchObject({ price: null, status: "no_estimate", confidence: 0 });
  });
});
