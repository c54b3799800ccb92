import type { ClientRegistry } from "./client-registry.ts";
import type { Clock } from "./clock.ts";
import { errorResponse, type RouteResponse, withRetryAfter } from "./http-response.ts";
import type { RefusalReason, StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";

/** Options of the WebSocket and SSE endpoints. */
export interface EndpointOptions {
  readonly registry: ClientRegistry;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  readonly trustProxy: boolean;
  readonly emit: (event: StreamEvent) => void;
}

/** A refusal that is sent as an HTTP response. */
export type RefusalWithResponse = Exclude<RefusalReason, "too_many_connections">;

/** Responses when a limit on clients is reached. */
const clientLimits = {
  too_many_clients: ({ maxClients }: StreamLimits) =>
    withRetryAfter(
      errorResponse(503, "too_many_clients", `the server has reached its limit of ${maxClients} connections`),
      10,
    ),
  too_many_clients_of_address: ({ maxClientsPerAddress }: StreamLimits) =>
    withRetryAfter(
      errorResponse(
        429,
        "too_many_clients_of_address",
        `this address has reached the limit of ${maxClientsPerAddress} connections`,
      ),
      10,
    ),
} satisfies Partial<Record<RefusalWithResponse, (limits: StreamLimits) => RouteResponse>>;

type LimitRefusal = keyof typeof clientLimits;

const responses: Readonly<Record<Exclude<RefusalWithResponse, LimitRefusal>, RouteResponse>> = {
  bad_handshake: {
    ...errorResponse(400, "bad_handshake", "not a valid WebSocket handshake"),
    headers: { "Sec-WebSocket-Version": "13" },
  },
  no_such_channel: errorResponse(404, "no_such_channel", "no WebSocket at this path"),
  origin: errorResponse(403, "origin", "pages of this origin are not allowed to open the WebSocket"),
  shutting_down: withRetryAfter(errorResponse(503, "shutting_down", "the server is shutting down"), 5),
};

/** The response for a refusal; the reason is the code in its body. */
export function refusalResponse(
  reason: RefusalWithResponse,
  limits: StreamLimits,
): RouteResponse & { readonly status: number } {
  const response: RouteResponse =
    reason === "too_many_clients" || reason === "too_many_clients_of_address"
      ? clientLimits[reason](limits)
      : responses[reason];
  return { ...response, status: response.status ?? 500 };
}
