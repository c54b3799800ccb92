import { EstimatorError, estimatePosterior, MempoolAnalyzer, type PriceEstimate } from "@utxoracle/estimator";

// Payments of round dollars at $87,300, and four times as many random amounts.
let state = 1;
const random = (): number => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};
const rounds = [5, 10, 15, 20, 25, 30, 50, 100, 150, 200, 300, 500, 1000];
const amountsBtc = Array.from({ length: 12_000 }, (_, n) =>
  n % 5 === 0
    ? ((rounds[Math.floor(random() * rounds.length)] ?? 5) / 87_300) * (1 + (random() - 0.5) / 1000)
    : 10 ** (-5 + 4 * random()),
);
const { price, status }: PriceEstimate = estimatePosterior(amountsBtc);
if (price === null || Math.abs(price / 87_300 - 1) > 0.01) throw new Error(`wrong price: ${price}, ${status}`);

const analyzer = new MempoolAnalyzer({ windowSeconds: 600 });
const accepted: boolean = analyzer.addTransaction({
  txid: "ab".repeat(32),
  amounts: [0.001],
  timestamp: 1_700_000_000,
  feeRate: null,
  inputCount: 1,
  outputCount: 2,
});
const received: number = analyzer.getStats(1_700_000_001).totalReceived;
if (!accepted || received !== 1) throw new Error("the window did not count the payment");

try {
  // @ts-expect-error an amount is a number
  estimatePosterior(["0.1"]);
  throw new Error("text was accepted as an amount");
} catch (error) {
  if (!(error instanceof EstimatorError)) throw error;
  console.log("estimator:", error.code);
}
