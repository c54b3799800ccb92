import { asyncApiDocument } from "@utxoracle/models";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const document = asyncApiDocument({ version: "1.2.3" });
const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ ...document, $id: "asyncapi" });

/** Messages that the service sends on a channel. */
const names: Readonly<Record<string, string>> = {
  mempool_update: "mempoolUpdate",
  confirmed_update: "confirmedUpdate",
  error: "errorMessage",
  pong: "pongMessage",
};

/** Expects a message as documented by AsyncAPI. */
export function expectStreamMessage(channel: "mempool" | "mempoolEvents", message: { readonly type: string }): void {
  const name = names[message.type] ?? message.type;
  expect(Object.keys(document.channels[channel]?.["messages"] as object)).toContain(name);
  const components = document["components"] as { messages: Record<string, { payload: { $ref: string } }> };
  const validate = ajv.getSchema(`asyncapi${components.messages[name]?.payload.$ref}`);
  expect(validate?.(message), `${name}: ${ajv.errorsText(validate?.errors)}`).toBe(true);
}
