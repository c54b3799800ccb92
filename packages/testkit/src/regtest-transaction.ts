import { createHash } from "node:crypto";
import { bytesToHex, computeTxid, serializeTransaction } from "@utxoracle/tx-parser";

/** An output that anyone can spend: P2WSH of OP_TRUE, which needs no wallet. */
export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly valueSats: number;
}

/** A transaction that spends {@link Coin}s, ready to send. */
export interface CoinTransaction {
  readonly txid: string;
  readonly hex: string;
  readonly inputs: readonly Coin[];
  /** Its outputs as coins. */
  readonly outputs: readonly Coin[];
  readonly feeSats: number;
}

const opTrue = Buffer.of(0x51);

/** OP_0 and the script hash (BIP 141). */
export const coinScript: Buffer = Buffer.concat([Buffer.of(0x00, 0x20), createHash("sha256").update(opTrue).digest()]);

/** Signals that the transaction can be replaced (BIP 125). */
const REPLACEABLE_SEQUENCE = 0xfffffffd;

/** Spends coins to outputs of the given amounts; the rest is the fee. */
export function spendCoins(inputs: readonly Coin[], amountsSats: readonly number[]): CoinTransaction {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const feeSats = total(inputs.map((coin) => coin.valueSats)) - total(amountsSats);
  if (inputs.length === 0 || amountsSats.length === 0 || feeSats < 0)
    throw new RangeError(`${inputs.length} inputs do not cover ${amountsSats.length} outputs (fee ${feeSats})`);
  const bytes = serializeTransaction({
    version: 2,
    inputs: inputs.map(({ txid, vout }) => ({
      txid,
      vout,
      scriptSig: new Uint8Array(),
      sequence: REPLACEABLE_SEQUENCE,
      witness: [opTrue],
    })),
    outputs: amountsSats.map((valueSats) => ({ valueSats, script: coinScript })),
    lockTime: 0,
  });
  const txid = computeTxid(bytes);
  return {
    txid,
    hex: bytesToHex(bytes),
    inputs,
    outputs: amountsSats.map((valueSats, vout) => ({ txid, vout, valueSats })),
    feeSats,
  };
}
