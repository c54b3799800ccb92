import { type Static, Type } from "@sinclair/typebox";
import { EngineSchema, EngineStatusSchema, type PriceEstimate } from "@utxoracle/models";

/** Records are read from a file, so every value is checked against a plausible range. */
const Price = Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 1e12 }), Type.Null()]);

const estimate = {
  price: Price,
  low: Price,
  high: Price,
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  status: EngineStatusSchema,
  engine: EngineSchema,
};

const Height = Type.Integer({ minimum: 0, maximum: 0x7fff_ffff });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Time = Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description: "Unix seconds, from the block's header" });

/** The price of the hours before a block. */
export const BlockPriceSchema = Type.Object({
  kind: Type.Literal("block"),
  height: Height,
  hash: Hash,
  time: Time,
  ...estimate,
});
export type BlockPrice = Static<typeof BlockPriceSchema>;

/** The price of a longer window: a UTC day, or the last 144 blocks. */
export const WindowNumberSchema = Type.Object({
  kind: Type.Union([Type.Literal("day"), Type.Literal("blocks")]),
  /** The UTC day as `2024-02-29`; null for blocks. */
  day: Type.Union([Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }), Type.Null()]),
  firstHeight: Height,
  lastHeight: Height,
  /** Hash of the last block. */
  hash: Hash,
  /** Time of the last block. */
  time: Time,
  amounts: Type.Integer({ minimum: 0 }),
  ...estimate,
});
export type WindowNumber = Static<typeof WindowNumberSchema>;

/** Blocks above a height were disconnected: earlier records of them are void. */
export const ForgetAboveSchema = Type.Object({ kind: Type.Literal("forget_above"), height: Height });

export const PriceRecordSchema = Type.Union([BlockPriceSchema, WindowNumberSchema, ForgetAboveSchema]);
export type PriceRecord = Static<typeof PriceRecordSchema>;

/** Fields of an estimate in a record. */
export function recorded({ price, interval, confidence, status }: PriceEstimate) {
  return { price, low: interval?.low ?? null, high: interval?.high ?? null, confidence, status };
}
