import type { ClientRegistry } from "./client-registry.ts";
import type { Clock } from "./clock.ts";
import { errorResponse, type RouteResponse, withRetryAfter } from "./http-response.ts";
import type { RefusalReason, StreamEvent } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";

/** What both ways into a channel need. */
export interface EndpointOptions {
  readonly registry: ClientRegistry;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  readonly trustProxy: boolean;
  readonly emit: (event: StreamEvent) => void;
}

/** A reason for which a connection is refused with an answer. */
export type RefusalWithResponse = Exclude<RefusalReason, "too_many_connections">;

/** What a client is told that comes when all places are taken. */
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

const answers: Readonly<Record<Exclude<RefusalWithResponse, LimitRefusal>, RouteResponse>> = {
  bad_handshake: {
    ...errorResponse(400, "bad_handshake", "not a valid WebSocket handshake"),
    headers: { "Sec-WebSocket-Version": "13" },
  },
  no_such_channel: errorResponse(404, "no_such_channel", "no WebSocket at this path"),
  origin: errorResponse(403, "origin", "pages of this origin are not allowed to open the WebSocket"),
  shutting_down: withRetryAfter(errorResponse(503, "shutting_down", "the server is shutting down"), 5),
};

/** What a refusal is answered with; the reason is the code in its body. */
export function refusalResponse(
  reason: RefusalWithResponse,
  limits: StreamLimits,
): RouteResponse & { readonly status: number } {
  const answer: RouteResponse =
    reason === "too_many_clients" || reason === "too_many_clients_of_address"
      ? clientLimits[reason](limits)
      : answers[reason];
  return { ...answer, status: answer.status ?? 500 };
}
