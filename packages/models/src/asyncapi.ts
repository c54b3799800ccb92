import { checkVersion, componentSchemas, documentInfo } from "./component-schemas.ts";
import type { ContractName } from "./json-schema.ts";

/** An AsyncAPI 3.0 document. */
export type AsyncApiDocument = {
  readonly asyncapi: string;
  readonly info: { readonly [field: string]: unknown };
  readonly channels: { readonly [name: string]: { readonly address: string; readonly [field: string]: unknown } };
  readonly [field: string]: unknown;
};

const messages = {
  mempoolUpdate: ["mempool-update", "The live price and new points. Sent on connect and twice a second"],
  confirmedUpdate: ["confirmed-update", "The price of the last blocks. Sent on connect and with every block"],
  errorMessage: ["error-message", "Why the server is about to close this connection"],
  pongMessage: ["pong-message", "Response to a ping"],
  clientMessage: ["client-message", "Requests a snapshot or a pong"],
} as const satisfies Record<string, readonly [ContractName, string]>;

type MessageName = keyof typeof messages;

const webSocketMessages: readonly MessageName[] = ["mempoolUpdate", "confirmedUpdate", "errorMessage", "pongMessage"];
const sseMessages: readonly MessageName[] = ["mempoolUpdate", "confirmedUpdate"];

const { schemas, reference } = componentSchemas(Object.values(messages).map(([contract]) => contract));

const inComponents = (name: MessageName): object => ({ $ref: `#/components/messages/${name}` });
const inChannel = (channel: string, name: MessageName): object => ({ $ref: `#/channels/${channel}/messages/${name}` });
const messagesOf = (names: readonly MessageName[]): object =>
  Object.fromEntries(names.map((name) => [name, inComponents(name)]));

/**
 * The stream as an AsyncAPI 3.0 document, generated from the contracts. `send` and `receive` are
 * from the view of the service.
 *
 * @param options version of the service
 */
export function asyncApiDocument(options: { readonly version: string }): AsyncApiDocument {
  checkVersion(options);
  const { version } = options;
  const address = { default: "127.0.0.1:8000", description: "Address and port of the service" };
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
        description: "Text frames with one JSON object each",
        servers: [{ $ref: "#/servers/webSocket" }],
        messages: messagesOf([...webSocketMessages, "clientMessage"]),
        bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
      },
      mempoolEvents: {
        address: "/api/v1/stream",
        description: "The same messages as unnamed Server-Sent Events",
        servers: [{ $ref: "#/servers/http" }],
        messages: messagesOf(sseMessages),
      },
    },
    operations: {
      sendUpdates: {
        action: "send",
        channel: { $ref: "#/channels/mempool" },
        messages: webSocketMessages.map((name) => inChannel("mempool", name)),
      },
      receiveRequests: {
        action: "receive",
        channel: { $ref: "#/channels/mempool" },
        messages: [inChannel("mempool", "clientMessage")],
      },
      sendEvents: {
        action: "send",
        channel: { $ref: "#/channels/mempoolEvents" },
        messages: sseMessages.map((name) => inChannel("mempoolEvents", name)),
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
