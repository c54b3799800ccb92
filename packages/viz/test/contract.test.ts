import type * as models from "@utxoracle/models";
import { checkServerMessage } from "@utxoracle/models";
import { describe, expectTypeOf, it } from "vitest";
import type * as client from "../src/client.ts";
import { confirmedUpdate, mempoolUpdate } from "./sample-messages.ts";

describe("the stream's types", () => {
  it("are those of the contract", () => {
    expectTypeOf<client.MempoolUpdate>().toEqualTypeOf<models.MempoolUpdate>();
    expectTypeOf<client.ConfirmedUpdate>().toEqualTypeOf<models.ConfirmedUpdate>();
    expectTypeOf<client.ErrorMessage>().toEqualTypeOf<models.ErrorMessage>();
    expectTypeOf<client.PongMessage>().toEqualTypeOf<models.PongMessage>();
    expectTypeOf<client.ServerMessage>().toEqualTypeOf<models.ServerMessage>();
    expectTypeOf<client.ClientMessage>().toEqualTypeOf<models.ClientMessage>();
    expectTypeOf<client.PricePoint>().toEqualTypeOf<models.PricePoint>();
  });

  it("are those of the samples that the other tests use", () => {
    checkServerMessage(mempoolUpdate({}));
    checkServerMessage(confirmedUpdate({}));
  });
});
