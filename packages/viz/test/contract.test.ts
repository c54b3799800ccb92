import type * as models from "@utxoracle/models";
import { checkServerMessage } from "@utxoracle/models";
import { describe, expectTypeOf, it } from "vitest";
import type * as client from "../src/client.ts";
import { confirmedUpdate, mempoolUpdate } from "./sample-messages.ts";

describe("the stream's types", () => {
  it("equal those of @utxoracle/models", () => {
    expectTypeOf<client.MempoolUpdate>().toEqualTypeOf<models.MempoolUpdate>();
    expectTypeOf<client.ConfirmedUpdate>().toEqualTypeOf<models.ConfirmedUpdate>();
    expectTypeOf<client.ErrorMessage>().toEqualTypeOf<models.ErrorMessage>();
    expectTypeOf<client.PongMessage>().toEqualTypeOf<models.PongMessage>();
    expectTypeOf<client.ServerMessage>().toEqualTypeOf<models.ServerMessage>();
    expectTypeOf<client.ClientMessage>().toEqualTypeOf<models.ClientMessage>();
    expectTypeOf<client.ConfirmedPicture>().toEqualTypeOf<models.ConfirmedPicture>();
    expectTypeOf<client.BlockPoints>().toEqualTypeOf<models.BlockPointsResponse>();
    expectTypeOf<client.PricePoint>().toEqualTypeOf<models.PricePoint>();
  });

  it("accept the sample messages of the other tests", () => {
    checkServerMessage(mempoolUpdate({}));
    checkServerMessage(confirmedUpdate({}));
  });
});
