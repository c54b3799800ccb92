import { type Static, Type } from "@sinclair/typebox";
import { contractCheck } from "./check.ts";
import { PriceIntervalSchema } from "./estimate.ts";
import { UnixSeconds, UsdPerBtc } from "./scalars.ts";

/** `/api/v1/evidence`: the round dollar amounts that support the price. */
export const EvidenceResponseSchema = Type.Object(
  {
    price: Type.Union([UsdPerBtc, Type.Null()]),
    timestamp: UnixSeconds,
    evidence: Type.Array(
      Type.Object({
        usd: Type.Number({ exclusiveMinimum: 0, description: "The round dollar amount" }),
        votes: Type.Number({ minimum: 0, description: "Outputs worth that amount at the price, near the peak" }),
        strength: Type.Number({
          description: "Log-likelihood that these outputs add to the price; negative if they contradict it",
        }),
      }),
    ),
    support: Type.Union([
      Type.Object({
        forgeable_payments: Type.Integer({
          minimum: 0,
          description: "Fewest forged payments that could have made a false price look like this one",
        }),
        required_payments: Type.Integer({
          minimum: 0,
          description: "Minimum of forgeable_payments for the status ok",
        }),
        other_prices: Type.Array(UsdPerBtc, {
          description: "Other prices that the payments do not rule out; none while the status is ok",
        }),
      }),
      Type.Null(),
    ]),
    changes: Type.Array(
      Type.Object({
        since: UnixSeconds,
        price: UsdPerBtc,
        interval: Type.Union([PriceIntervalSchema, Type.Null()]),
        outputs_now: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description:
            "Outputs since then that are worth a listed amount at the price now; null if it moved less than 0.1 %, or after more than ten minutes",
        }),
        outputs_then: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description: "Outputs since then that are worth a listed amount at the earlier price, or null",
        }),
      }),
      {
        description:
          "Prices published ten minutes and an hour ago, and the outputs since; empty without a current price",
      },
    ),
  },
  {
    description:
      "The round dollar amounts that support the price, how strongly, how many payments could forge it, and how it moved",
  },
);
/** `/api/v1/evidence`: the round dollar amounts that support the price. */
export type EvidenceResponse = Static<typeof EvidenceResponseSchema>;

/** The value as a {@link EvidenceResponse}. @throws ContractError that names the invalid field */
export const checkEvidenceResponse: (value: unknown) => EvidenceResponse = contractCheck(
  "EvidenceResponse",
  EvidenceResponseSchema,
);

/** The contracts of this file by name. */
export const evidenceContracts = { "evidence-response": EvidenceResponseSchema } as const;
