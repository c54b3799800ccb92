import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { AmountBtc, BlockHash, Txid, UsdPerBtc } from "./scalars.ts";
import { CONFIRMED_BLOCKS_MAX, CONFIRMED_POINTS_MAX, ConfirmedBlockSchema } from "./stream.ts";

const PictureBlockSchema = Type.Object({
  ...ConfirmedBlockSchema.properties,
  points: Type.Integer({
    minimum: 0,
    maximum: CONFIRMED_POINTS_MAX,
    description: "Number of its points in this picture, in the order of the block",
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
    price: Type.Array(UsdPerBtc, {
      maxItems: CONFIRMED_POINTS_MAX,
      description: "US dollars per bitcoin of each point, block after block, in whole dollars",
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
  { description: "The points of one block with their payments, in columns" },
);
/** `/api/v1/blocks/{hash}/points`: the points of one block, in columns of equal length. */
export type BlockPointsResponse = Static<typeof BlockPointsResponseSchema>;

/** The value as a {@link ConfirmedPicture}. @throws ContractError that names the invalid field */
export const checkConfirmedPicture: (value: unknown) => ConfirmedPicture = contractCheck(
  "ConfirmedPicture",
  ConfirmedPictureSchema,
);
/** The value as a {@link BlockPointsResponse}. @throws ContractError that names the invalid field */
export const checkBlockPointsResponse: (value: unknown) => BlockPointsResponse = contractCheck(
  "BlockPointsResponse",
  BlockPointsResponseSchema,
);
