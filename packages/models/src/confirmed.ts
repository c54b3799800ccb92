import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { EngineSchema, EstimateStatusSchema } from "./estimate.ts";
import { BlockHeight, Fraction, UnixSeconds, UsdPerBtc } from "./scalars.ts";
import { ConfirmedUpdateDataSchema } from "./stream.ts";

const orNullPrice = Type.Union([UsdPerBtc, Type.Null()]);

/** The price of a longer window of blocks. */
export const ConfirmedWindowSchema = Type.Object({
  price: orNullPrice,
  low: orNullPrice,
  high: orNullPrice,
  confidence: Fraction,
  status: EstimateStatusSchema,
  engine: EngineSchema,
  date: Type.Union([Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }), Type.Null()], {
    description: "The UTC day; null if the window is a number of blocks",
  }),
  first_height: BlockHeight,
  last_height: BlockHeight,
  block_timestamp: UnixSeconds,
  amounts: Type.Integer({ minimum: 0, description: "Number of outputs behind the price" }),
});

/** The price of a longer window of blocks. */
export type ConfirmedWindow = Static<typeof ConfirmedWindowSchema>;

/** `/api/v1/confirmed` */
export const ConfirmedResponseSchema = Type.Object(
  {
    price: orNullPrice,
    low: orNullPrice,
    high: orNullPrice,
    status: EstimateStatusSchema,
    engine: EngineSchema,
    height: Type.Union([BlockHeight, Type.Null()]),
    block_timestamp: Type.Union([UnixSeconds, Type.Null()]),
    age_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "Age of the newest block behind the price, from its header time",
    }),
    window: Type.Union([ConfirmedUpdateDataSchema.properties.window, Type.Null()]),
    live_distance_ratio: Type.Union([Type.Number(), Type.Null()], {
      description: "Live price divided by this price, minus 1",
    }),
    last_144_blocks: Type.Union([ConfirmedWindowSchema, Type.Null()]),
    last_day: Type.Union([ConfirmedWindowSchema, Type.Null()], { description: "The last complete UTC day" }),
  },
  { description: "Prices of confirmed blocks: the last hours, 144 blocks, a day" },
);
/** `/api/v1/confirmed` */
export type ConfirmedResponse = Static<typeof ConfirmedResponseSchema>;

/** The value as a {@link ConfirmedResponse}. @throws ContractError that names the invalid field */
export const checkConfirmedResponse: (value: unknown) => ConfirmedResponse = contractCheck(
  "ConfirmedResponse",
  ConfirmedResponseSchema,
);
/** The contracts of this file by name. */
export const confirmedContracts = { "confirmed-response": ConfirmedResponseSchema } as const;
