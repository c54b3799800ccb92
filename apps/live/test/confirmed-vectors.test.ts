import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { estimateReference } from "@utxoracle/estimator";
import { corpusPath, hasCorpus } from "@utxoracle/testkit";
import { describe, expect, it } from "vitest";
import { ChainWindow } from "../src/confirmed/chain-window.ts";
import { engineOf, estimateConfirmed } from "../src/confirmed/estimate-confirmed.ts";

interface Vector {
  readonly input: string;
  readonly outputs: number;
  readonly central_price_usd: number;
}

const read = (path: string): Buffer => gunzipSync(readFileSync(corpusPath(path)));

describe("the engine of a window", () => {
  it("is the one with an error bar under a day, and the original's from a day up", () => {
    expect(engineOf({ hours: 23.9 })).toBe("posterior");
    expect(engineOf({ hours: 24 })).toBe("reference");
    expect(engineOf({ blocks: 143 })).toBe("posterior");
    expect(engineOf({ blocks: 144 })).toBe("reference");
    expect(engineOf("day")).toBe("reference");
  });
});

describe.skipIf(!hasCorpus)("the confirmed price on real blocks and days", () => {
  const vectors: Vector[] = hasCorpus ? JSON.parse(readFileSync(corpusPath("vectors/v9_1.json"), "utf8")) : [];

  it.each(vectors.filter(({ input }) => input.startsWith("blocks/")))("equals the original's on $input", (vector) => {
    const chain = new ChainWindow({ seconds: Number.POSITIVE_INFINITY, keeps: "amounts" });
    chain.connect(read(vector.input), null);
    const amounts = chain.amountsBtc();
    expect(amounts).toHaveLength(vector.outputs);
    expect(estimateReference(amounts).price).toBe(vector.central_price_usd);
    expect(estimateConfirmed("reference")(amounts).price).toBe(vector.central_price_usd);
  });

  it("is believed where both engines agree, and not where they do not", () => {
    const day = read("days/2024-03-28.csv.gz").toString().trim().split("\n").slice(1);
    const amounts = day.map((row) => Number(row.split(",")[1]) / 1e8);
    const estimate = estimateConfirmed("reference")(amounts);
    expect(estimate).toMatchObject({ status: "ok", interval: null });
    expect(estimate.confidence).toBeGreaterThan(0.5);
    // Half of the payments worth twice as much: the original sees one pattern of the two.
    const doubled = amounts.map((amount, index) => (index % 40 === 0 ? amount : 1e-4 * (1 + (index % 977) / 977)));
    expect(estimateConfirmed("reference")(doubled).status).not.toBe("ok");
    expect(estimateConfirmed("reference")([])).toMatchObject({ price: null, status: "no_estimate", confidence: 0 });
  });
});
