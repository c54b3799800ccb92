import type { ClientRegistry } from "./client-registry.ts";
import type { Clock } from "./clock.ts";
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

/** What each refusal is answered with. */
export const refusals: Readonly<
  Record<Exclude<RefusalReason, "too_many_connections">, { status: number; message: string }>
> = {
  bad_handshake: { status: 400, message: "this is no valid WebSocket handshake" },
  no_such_channel: { status: 404, message: "there is no WebSocket at this path" },
  origin: { status: 403, message: "pages of this origin are not allowed here" },
  shutting_down: { status: 503, message: "the server is shutting down" },
  too_many_clients: { status: 503, message: "too many clients; try again later" },
  too_many_clients_of_address: { status: 429, message: "too many clients from this address" },
};
