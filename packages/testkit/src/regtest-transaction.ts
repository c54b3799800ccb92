import { createHash } from "node:crypto";

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

const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

/** Little-endian bytes of an unsigned integer. */
const littleEndian = (value: number, byteCount: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, byteCount);
};

/** CompactSize of a number below 65,536. */
const compactSize = (value: number): Buffer =>
  value < 0xfd ? Buffer.of(value) : Buffer.concat([Buffer.of(0xfd), littleEndian(value, 2)]);

/**
 * Spends coins to outputs of the given amounts; the rest is the fee. Does not use `tx-parser`,
 * whose tests use this package.
 */
export function spendCoins(inputs: readonly Coin[], amountsSats: readonly number[]): CoinTransaction {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const feeSats = total(inputs.map((coin) => coin.valueSats)) - total(amountsSats);
  if (inputs.length === 0 || amountsSats.length === 0 || feeSats < 0)
    throw new RangeError(`${inputs.length} inputs do not cover ${amountsSats.length} outputs (fee ${feeSats})`);
  const version = littleEndian(2, 4);
  const lockTime = littleEndian(0, 4);
  const parts = Buffer.concat([
    compactSize(inputs.length),
    ...inputs.map(({ txid, vout }) =>
      Buffer.concat([
        Buffer.from(txid, "hex").reverse(),
        littleEndian(vout, 4),
        compactSize(0),
        littleEndian(REPLACEABLE_SEQUENCE, 4),
      ]),
    ),
    compactSize(amountsSats.length),
    ...amountsSats.map((valueSats) =>
      Buffer.concat([littleEndian(valueSats, 8), compactSize(coinScript.length), coinScript]),
    ),
  ]);
  const txid = sha256(sha256(Buffer.concat([version, parts, lockTime])))
    .reverse()
    .toString("hex");
  // Marker and flag (BIP 144), and a witness of one item for each input.
  const witness = Buffer.concat(inputs.map(() => Buffer.concat([compactSize(1), compactSize(opTrue.length), opTrue])));
  return {
    txid,
    hex: Buffer.concat([version, Buffer.of(0x00, 0x01), parts, witness, lockTime]).toString("hex"),
    inputs,
    outputs: amountsSats.map((valueSats, vout) => ({ txid, vout, valueSats })),
    feeSats,
  };
}
