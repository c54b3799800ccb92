import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { AmountBtc, BlockHash, Txid, UsdPerBtc } from "./scalars.ts";
import { CONFIRMED_BLOCKS_MAX, CONFIRMED_POINTS_MAX, ConfirmedBlockSchema } from "./stream.ts";

const PictureBlockSchema = Type.Object({
  ...ConfirmedBlockSchema.properties,
  points: Type.Integer({
    minimum: 0,
    maximum: CONFIRMED_POINTS_MAX,
    description: "Number of its points in this picture",
  }),
  of: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of its points; more than `points` if the picture is thinned evenly",
  }),
});

/** `/api/v1/confirmed/points`: all points of the confirmed window. */
export const ConfirmedPictureSchema = Type.Object(
  {
    tip: BlockHash,
    blocks: Type.Array(PictureBlockSchema, { maxItems: CONFIRMED_BLOCKS_MAX, description: "Oldest first" }),
    price_steps: Type.Array(Type.Integer({ minimum: 0, maximum: 1e9 }), {
      maxItems: CONFIRMED_POINTS_MAX,
      description:
        "The points block after block, ascending in each, in whole US dollars per bitcoin: the first price of a block, then the differences to the price before",
    }),
  },
  { description: "All points of the confirmed window, in columns" },
);
/** `/api/v1/confirmed/points`: all points of the confirmed window. */
export type ConfirmedPicture = Static<typeof ConfirmedPictureSchema>;

const rows = { maxItems: CONFIRMED_POINTS_MAX };

/** `/api/v1/blocks/{hash}/points`: the points of one block, in columns of equal length. */
export const BlockPointsResponseSchema = Type.Object(
  {
    tip: BlockHash,
    hash: BlockHash,
    txid: Type.Array(Txid, { ...rows, description: "Transaction id of the payment of each point" }),
    vout: Type.Array(Type.Integer({ minimum: 0, maximum: 1, description: "Output index" }), rows),
    amount: Type.Array(AmountBtc, rows),
    price: Type.Array(UsdPerBtc, rows),
  },
  { description: "The points of one block with their payments, in columns, ascending by price" },
);
/** `/api/v1/blocks/{hash}/points`: the points of one block, in columns of equal length. */
export type BlockPointsResponse = Static<typeof BlockPointsResponseSchema>;

/** The value as a {@link ConfirmedPicture}. @throws ContractError that names the invalid field */
export const checkConfirmedPicture: (value: unknown) => ConfirmedPicture = contractCheck(
  "ConfirmedPicture",
  ConfirmedPictureSchema,
);
/**
 * The value as a {@link BlockPointsResponse}.
 * @throws ContractError that names the invalid field
 */
export const checkBlockPointsResponse: (value: unknown) => BlockPointsResponse = contractCheck(
  "BlockPointsResponse",
  BlockPointsResponseSchema,
);

/** The contracts of this file by name, e.g. for `/schemas/block-points-response.json`. */
export const confirmedPictureContracts = {
  "block-points-response": BlockPointsResponseSchema,
  "confirmed-picture": ConfirmedPictureSchema,
} as const;
