import { componentSchemas, documentInfo } from "./component-schemas.ts";
import type { ContractName } from "./json-schema.ts";

/** An AsyncAPI 3.0 document. */
export type AsyncApiDocument = {
  readonly asyncapi: string;
  readonly info: { readonly [field: string]: unknown };
  readonly channels: { readonly [name: string]: { readonly address: string; readonly [field: string]: unknown } };
  readonly [field: string]: unknown;
};

const messages = {
  mempoolUpdate: [
    "mempool-update",
    "The live price and the points new since the tick before; at once and twice a second",
  ],
  confirmedUpdate: ["confirmed-update", "The price of the last blocks; at once and with every block"],
  errorMessage: ["error-message", "What is wrong with this connection, before it is closed"],
  pongMessage: ["pong-message", "The answer to a ping"],
  clientMessage: ["client-message", "Asks for a snapshot or for a sign of life"],
} as const satisfies Record<string, readonly [ContractName, string]>;

type MessageName = keyof typeof messages;

const toReaders: readonly MessageName[] = ["mempoolUpdate", "confirmedUpdate", "errorMessage", "pongMessage"];
const toSseReaders: readonly MessageName[] = ["mempoolUpdate", "confirmedUpdate"];

const { schemas, reference } = componentSchemas(Object.values(messages).map(([contract]) => contract));

const inComponents = (name: MessageName): object => ({ $ref: `#/components/messages/${name}` });
const inChannel = (channel: string, name: MessageName): object => ({ $ref: `#/channels/${channel}/messages/${name}` });
const messagesOf = (names: readonly MessageName[]): object =>
  Object.fromEntries(names.map((name) => [name, inComponents(name)]));

/**
 * The stream as an AsyncAPI 3.0 document, made from the contracts. The service is the application that it describes:
 * what it sends, readers receive.
 * @param options with the `version` of the service.
 */
export function asyncApiDocument({ version }: { readonly version: string }): AsyncApiDocument {
  const address = { default: "127.0.0.1:8000", description: "Address and port that the service listens on" };
  return {
    asyncapi: "3.0.0",
    info: documentInfo(version),
    defaultContentType: "application/json",
    servers: {
      webSocket: { host: "{address}", protocol: "ws", variables: { address } },
      http: { host: "{address}", protocol: "http", variables: { address } },
    },
    channels: {
      mempool: {
        address: "/ws/mempool",
        description: "Text frames of one JSON object each",
        servers: [{ $ref: "#/servers/webSocket" }],
        messages: messagesOf([...toReaders, "clientMessage"]),
        bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
      },
      mempoolEvents: {
        address: "/api/v1/stream",
        description: "The same messages as Server-Sent Events without names",
        servers: [{ $ref: "#/servers/http" }],
        messages: messagesOf(toSseReaders),
      },
    },
    operations: {
      sendUpdates: {
        action: "send",
        channel: { $ref: "#/channels/mempool" },
        messages: toReaders.map((name) => inChannel("mempool", name)),
      },
      receiveRequests: {
        action: "receive",
        channel: { $ref: "#/channels/mempool" },
        messages: [inChannel("mempool", "clientMessage")],
      },
      sendEvents: {
        action: "send",
        channel: { $ref: "#/channels/mempoolEvents" },
        messages: toSseReaders.map((name) => inChannel("mempoolEvents", name)),
      },
    },
    components: {
      messages: Object.fromEntries(
        Object.entries(messages).map(([name, [contract, summary]]) => [
          name,
          { name, summary, contentType: "application/json", payload: reference(contract) },
        ]),
      ),
      schemas,
    },
  };
}
