import type { ClientRegistry } from "./client-registry.ts";
import type { Clock } from "./clock.ts";
import { errorAnswer, type RouteAnswer, withRetryAfter } from "./http-answer.ts";
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
export type AnsweredRefusal = Exclude<RefusalReason, "too_many_connections">;

const answers: Readonly<Record<AnsweredRefusal, RouteAnswer>> = {
  bad_handshake: {
    ...errorAnswer(400, "bad_handshake", "not a valid WebSocket handshake"),
    headers: { "Sec-WebSocket-Version": "13" },
  },
  no_such_channel: errorAnswer(404, "no_such_channel", "no WebSocket at this path"),
  origin: errorAnswer(403, "origin", "pages of this origin are not allowed to open the WebSocket"),
  shutting_down: withRetryAfter(errorAnswer(503, "shutting_down", "the server is shutting down"), 5),
  too_many_clients: withRetryAfter(errorAnswer(503, "too_many_clients", "too many clients; try again later"), 10),
  too_many_clients_of_address: withRetryAfter(
    errorAnswer(429, "too_many_clients_of_address", "too many clients from this address; try again later"),
    10,
  ),
};

/** What a refusal is answered with; the reason is the code in its body. */
export function refusalAnswer(reason: AnsweredRefusal): RouteAnswer & { readonly status: number } {
  const answer = answers[reason];
  return { ...answer, status: answer.status ?? 500 };
}
