import type { InputKind, OutputKind } from "./scripts.ts";
import { type SeededRandom, WeightedChoice } from "./seeded-random.ts";

/**
 * Shape of a transaction: the first rule of the payment filter that it fails. `payment` passes all
 * rules; `dependent` is a payment that spends another simulated transaction.
 */
export type TransactionShape =
  | "payment"
  | "dependent"
  | "single_output"
  | "three_outputs"
  | "many_outputs"
  | "many_inputs"
  | "op_return"
  | "large_witness";

/**
 * Shares of the shapes. A mempool of March 2024 (8,131 transactions) had 31 % payments, 5 % spends
 * of the same window, 49 % single outputs, 4 % three outputs, 6 % more, 5 % many inputs, 0.7 %
 * OP_RETURN. Here payments and rare shapes are more frequent, so that a short run contains all
 * shapes.
 */
export const SHAPE_SHARES: readonly (readonly [TransactionShape, number])[] = [
  ["payment", 0.355],
  ["dependent", 0.055],
  ["single_output", 0.42],
  ["three_outputs", 0.037],
  ["many_outputs", 0.055],
  ["many_inputs", 0.045],
  ["op_return", 0.02],
  ["large_witness", 0.013],
];

/** Maximum number of inputs and of outputs. */
export const MAX_INPUTS_OR_OUTPUTS = 300;

const PAYMENT_INPUT_COUNTS: readonly (readonly [number, number])[] = [
  [1, 1924],
  [2, 415],
  [3, 115],
  [4, 38],
  [5, 24],
];

const PAYMENT_INPUTS: readonly (readonly [InputKind, number])[] = [
  ["p2wpkh", 1512],
  ["taproot_key", 416],
  ["nested", 247],
  ["legacy", 225],
  ["multisig", 81],
  ["taproot_script", 35],
];

const OUTPUTS: readonly (readonly [Exclude<OutputKind, "op_return">, number])[] = [
  ["p2wpkh", 46],
  ["p2tr", 22],
  ["p2sh", 18],
  ["p2pkh", 11],
  ["p2wsh", 3],
];

/** Kinds and counts of a transaction to create, without amounts. */
export interface TransactionPlan {
  readonly shape: TransactionShape;
  readonly inputKind: InputKind;
  readonly inputCount: number;
  /** Bytes of the script in a taproot script path's witness; 0 for other spends. */
  readonly witnessScriptBytes: number;
  /** Number of outputs with an amount. */
  readonly outputCount: number;
  readonly opReturn: boolean;
}

/** Draws transaction plans. */
export class TransactionPlanner {
  readonly #random: SeededRandom;
  readonly #shape = new WeightedChoice(SHAPE_SHARES);
  readonly #paymentInputCount = new WeightedChoice(PAYMENT_INPUT_COUNTS);
  readonly #paymentInput = new WeightedChoice(PAYMENT_INPUTS);
  readonly #output = new WeightedChoice(OUTPUTS);

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  shape(): TransactionShape {
    return this.#shape.pick(this.#random);
  }

  outputKind(): Exclude<OutputKind, "op_return"> {
    return this.#output.pick(this.#random);
  }

  plan(shape: TransactionShape): TransactionPlan {
    const random = this.#random;
    const inputKind = this.#paymentInput.pick(random);
    const usual = {
      shape,
      inputKind,
      inputCount: shape === "dependent" ? 1 : this.#paymentInputCount.pick(random),
      witnessScriptBytes: inputKind === "taproot_script" ? random.integer(80, 380) : 0,
      outputCount: 2,
      opReturn: false,
    };
    switch (shape) {
      case "payment":
      case "dependent":
        return usual;
      case "single_output":
        // Two in three reveal a small inscription, the rest move everything to one place.
        if (!random.chance(0.66)) return { ...usual, outputCount: 1 };
        return {
          ...usual,
          inputKind: "taproot_script",
          inputCount: 1,
          witnessScriptBytes: random.integer(100, 350),
          outputCount: 1,
        };
      case "three_outputs":
        return { ...usual, outputCount: 3 };
      case "many_outputs":
        return { ...usual, outputCount: this.#many(4) };
      case "many_inputs":
        return { ...usual, inputCount: this.#many(6), outputCount: random.chance(0.7) ? 1 : 2 };
      case "op_return":
        return { ...usual, outputCount: 1, opReturn: true };
      case "large_witness":
        return {
          ...usual,
          inputKind: "inscription",
          inputCount: 1,
          witnessScriptBytes: Math.min(380_000, Math.round(500 * random.exponential(1) ** 2.5 + 450)),
        };
    }
  }

  /** From `least` to {@link MAX_INPUTS_OR_OUTPUTS}, the small numbers far more often. */
  #many(least: number): number {
    return Math.floor(least * ((MAX_INPUTS_OR_OUTPUTS + 1) / least) ** (this.#random.float() ** 3.2));
  }
}
