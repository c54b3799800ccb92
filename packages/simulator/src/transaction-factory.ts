import { ByteWriter } from "@utxoracle/tx-parser";
import { AmountMixture } from "./amount-mixture.ts";
import { ByteArena } from "./byte-arena.ts";
import { doubleSha256 } from "./double-sha256.ts";
import { ScriptWriter } from "./scripts.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { SimulatedTransaction } from "./simulated-transaction.ts";
import { type TransactionPlan, TransactionPlanner } from "./transaction-shapes.ts";

/** A child spends one of this many most recent spendable transactions. */
const SPENDABLE_KEPT = 256;
/**
 * Well below Bitcoin Core's limit of 25 unconfirmed ancestors, so that every child is acceptable.
 */
const MAX_DEPTH = 20;
/** Only the last output of transactions with two outputs is spent. */
const SPENT_VOUT = 1;
const DUST_LIMIT_SATS = 546;
const MEDIAN_FEE_RATE = 14;
/** Most transactions fit; the writers grow for larger ones. */
const INITIAL_BYTES = 64 * 1024;
const SEQUENCES = [0xffffffff, 0xffffffff, 0xfffffffd, 0xfffffffd, 0xfffffffe, 0] as const;

/** Creates transactions with bytes, ids and fees from a price. */
export class TransactionFactory {
  readonly #random: SeededRandom;
  readonly #planner: TransactionPlanner;
  readonly #amounts: AmountMixture;
  readonly #scripts: ScriptWriter;
  readonly #arena = new ByteArena();
  /** The transaction without marker, flag and witness, whose hash is the txid. */
  readonly #stripped = new ByteWriter(INITIAL_BYTES);
  readonly #witness = new ByteWriter(INITIAL_BYTES);
  readonly #full = new ByteWriter(INITIAL_BYTES);
  readonly #ids = Buffer.alloc(64);
  readonly #spendable: SimulatedTransaction[] = [];
  #spendableNext = 0;

  /** @param peakStrength - see {@link AmountMixture} */
  constructor(random: SeededRandom, peakStrength: number) {
    this.#random = random.fork("transactions");
    this.#planner = new TransactionPlanner(random.fork("shapes"));
    this.#amounts = new AmountMixture(random.fork("amounts"), peakStrength);
    this.#scripts = new ScriptWriter(random.fork("noise"));
  }

  /** Creates the next transaction, with amounts at `price` dollars per bitcoin. */
  next(price: number): SimulatedTransaction {
    const shape = this.#planner.shape();
    const parent = shape === "dependent" ? this.#takeSpendable() : null;
    const plan = this.#planner.plan(parent === null && shape === "dependent" ? "payment" : shape);
    const made = this.#build(plan, this.#outputAmounts(plan, price, parent), parent);
    if (made.spendable) this.#offer(made);
    return made;
  }

  /**
   * Creates an RBF replacement, whose higher fee is taken from the last output.
   *
   * @returns null if the last output is too small for a higher fee
   */
  replacement(of: SimulatedTransaction): SimulatedTransaction | null {
    const extra = Math.ceil(of.vsize * (2 + 10 * this.#random.float()));
    const left = of.lastAmountSats - extra;
    if (left < DUST_LIMIT_SATS) return null;
    const segwit = of.rawBytes[4] === 0;
    const strippedSize = (of.weight - of.rawBytes.length) / 3;
    const rawBytes = Buffer.from(of.rawBytes);
    const amount = new ByteWriter(8);
    amount.uint64(left);
    rawBytes.set(amount.view(), of.lastAmountOffset);
    const stripped = this.#stripped;
    stripped.length = 0;
    if (!segwit) stripped.raw(rawBytes);
    else {
      stripped.raw(rawBytes, 0, 4);
      stripped.raw(rawBytes, 6, 6 + strippedSize - 8);
      stripped.raw(rawBytes, rawBytes.length - 4);
    }
    const made = new SimulatedTransaction({
      rawBytes,
      ids: this.#identify(stripped.view(), segwit ? rawBytes : null),
      weight: of.weight,
      feeSats: of.feeSats + extra,
      lastAmountOffset: of.lastAmountOffset,
      parents: of.parents,
      spendable: true,
    });
    this.#offer(made);
    return made;
  }

  #outputAmounts(plan: TransactionPlan, price: number, parent: SimulatedTransaction | null): number[] {
    if (plan.outputCount === 1) return [this.#amounts.change(price)];
    if (plan.outputCount > 2) {
      return Array.from({ length: plan.outputCount }, () => this.#amounts.payment(price));
    }
    const payment = this.#amounts.payment(price);
    let change = this.#amounts.change(price);
    if (parent !== null) change = parent.lastAmountSats - payment;
    if (parent !== null && change < 2 * DUST_LIMIT_SATS) {
      const half = Math.floor(parent.lastAmountSats * (0.2 + 0.3 * this.#random.float()));
      return [half, parent.lastAmountSats - half];
    }
    // Change is at a random position.
    return this.#random.chance(0.5) ? [payment, change] : [change, payment];
  }

  #build(plan: TransactionPlan, amounts: number[], parent: SimulatedTransaction | null): SimulatedTransaction {
    const random = this.#random;
    const { inputKind } = plan;
    const segwit = inputKind !== "legacy";
    const stripped = this.#stripped;
    const witness = this.#witness;
    stripped.length = 0;
    witness.length = 0;
    stripped.uint32(random.chance(0.6) ? 2 : 1);
    stripped.prefix(plan.inputCount);
    const sequence = SEQUENCES[random.integer(0, SEQUENCES.length - 1)]!;
    for (let input = 0; input < plan.inputCount; input++) {
      if (parent !== null && input === 0) {
        stripped.raw(parent.txidBytes);
        stripped.uint32(SPENT_VOUT);
      } else {
        this.#scripts.uniqueId(stripped);
        stripped.uint32(random.chance(0.7) ? random.integer(0, 1) : random.integer(0, 40));
      }
      this.#scripts.inputScript(stripped, inputKind);
      stripped.uint32(sequence);
      if (segwit) this.#scripts.witness(witness, inputKind, plan.witnessScriptBytes);
    }
    stripped.prefix(amounts.length + (plan.opReturn ? 1 : 0));
    if (plan.opReturn) {
      stripped.uint64(0);
      this.#scripts.outputScript(stripped, "op_return");
    }
    let lastAmountAt = stripped.length;
    for (const amount of amounts) {
      lastAmountAt = stripped.length;
      stripped.uint64(amount);
      this.#scripts.outputScript(stripped, this.#planner.outputKind());
    }
    stripped.uint32(0);
    const size = segwit ? stripped.length + 2 + witness.length : stripped.length;
    const weight = stripped.length * 3 + size;
    const feeRate = MEDIAN_FEE_RATE * Math.exp(0.7 * random.gaussian());
    let feeSats = Math.ceil((Math.max(1, feeRate) * weight) / 4);
    const last = amounts[amounts.length - 1]!;
    if (parent !== null) {
      // The fee comes from the parent's output, the only money to spend.
      feeSats = Math.min(feeSats, Math.floor(last / 2));
      const { length } = stripped;
      stripped.length = lastAmountAt;
      stripped.uint64(last - feeSats);
      stripped.length = length;
    }
    const rawBytes = this.#arena.keep(segwit ? this.#withWitness() : stripped.view());
    return new SimulatedTransaction({
      rawBytes,
      ids: this.#identify(stripped.view(), segwit ? rawBytes : null),
      weight,
      feeSats,
      lastAmountOffset: lastAmountAt + (segwit ? 2 : 0),
      parents: parent === null ? [] : [parent],
      spendable: plan.outputCount === 2 && !plan.opReturn && last > 20_000,
    });
  }

  #withWitness(): Uint8Array {
    const stripped = this.#stripped.view();
    const full = this.#full;
    full.length = 0;
    full.raw(stripped, 0, 4);
    full.uint16(0x0100);
    full.raw(stripped, 4, stripped.length - 4);
    full.raw(this.#witness.view());
    full.raw(stripped, stripped.length - 4);
    return full.view();
  }

  #identify(stripped: Uint8Array, withWitness: Uint8Array | null): Buffer {
    const txid = doubleSha256(stripped);
    this.#ids.set(txid, 0);
    this.#ids.set(withWitness === null ? txid : doubleSha256(withWitness), 32);
    return this.#arena.keep(this.#ids);
  }

  #offer(made: SimulatedTransaction): void {
    this.#spendable[this.#spendableNext] = made;
    this.#spendableNext = (this.#spendableNext + 1) % SPENDABLE_KEPT;
  }

  #takeSpendable(): SimulatedTransaction | null {
    if (this.#spendable.length === 0) return null;
    const candidate = this.#spendable[this.#random.integer(0, this.#spendable.length - 1)]!;
    if (!candidate.spendable || candidate.depth >= MAX_DEPTH) return null;
    candidate.spendable = false;
    return candidate;
  }
}
