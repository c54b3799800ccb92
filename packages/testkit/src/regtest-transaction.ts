import { createHash } from "node:crypto";

/** An output that anybody may spend: P2WSH of the script OP_TRUE, the cheapest kind without a wallet. */
export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly valueSats: number;
}

/** A transaction that spends {@link Coin}s, ready to be sent. */
export interface CoinTransaction {
  readonly txid: string;
  readonly hex: string;
  readonly inputs: readonly Coin[];
  /** Its outputs, which are coins again. */
  readonly outputs: readonly Coin[];
  readonly feeSats: number;
}

const opTrue = Buffer.of(0x51);
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** OP_0 and the hash of the script (BIP 141). */
export const coinScript: Buffer = Buffer.concat([Buffer.of(0x00, 0x20), sha256(opTrue)]);

/** Below the last two numbers a transaction may be replaced (BIP 125). */
const REPLACEABLE_SEQUENCE = 0xfffffffd;

/** Spends coins into outputs of the given amounts; what they leave is the fee. */
export function spendCoins(inputs: readonly Coin[], amountsSats: readonly number[]): CoinTransaction {
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const feeSats = total(inputs.map((coin) => coin.valueSats)) - total(amountsSats);
  if (inputs.length === 0 || amountsSats.length === 0 || feeSats < 0)
    throw new RangeError(`${inputs.length} inputs do not cover ${amountsSats.length} outputs (fee ${feeSats})`);
  const version = uint32(2);
  const lockTime = uint32(0);
  const body = Buffer.concat([
    compactSize(inputs.length),
    ...inputs.map((coin) =>
      Buffer.concat([
        Buffer.from(coin.txid, "hex").reverse(),
        uint32(coin.vout),
        compactSize(0),
        uint32(REPLACEABLE_SEQUENCE),
      ]),
    ),
    compactSize(amountsSats.length),
    ...amountsSats.map((amount) => Buffer.concat([uint64(amount), compactSize(coinScript.length), coinScript])),
  ]);
  const witness = Buffer.concat(inputs.map(() => Buffer.concat([compactSize(1), compactSize(opTrue.length), opTrue])));
  const txid = sha256(sha256(Buffer.concat([version, body, lockTime])))
    .reverse()
    .toString("hex");
  return {
    txid,
    hex: Buffer.concat([version, Buffer.of(0, 1), body, witness, lockTime]).toString("hex"),
    inputs,
    outputs: amountsSats.map((valueSats, vout) => ({ txid, vout, valueSats })),
    feeSats,
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function compactSize(value: number): Buffer {
  if (value < 0xfd) return Buffer.of(value);
  const bytes = Buffer.alloc(3);
  bytes[0] = 0xfd;
  bytes.writeUInt16LE(value, 1);
  return bytes;
}
