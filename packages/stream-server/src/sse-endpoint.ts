import type { IncomingMessage, ServerResponse } from "node:http";
import type { Channel } from "./channel.ts";
import { clientAddress } from "./client-address.ts";
import { type EndpointOptions, refusalResponse } from "./endpoint.ts";
import { commonHeaders, NEVER_CACHED, writeResponse } from "./http-response.ts";
import { queryOf } from "./request-target.ts";
import { SseSubscriber } from "./sse-subscriber.ts";
import { requestedPosition } from "./stream-position.ts";

/** Turns requests into Server-Sent Events clients of a channel. */
export class SseEndpoint {
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  open(request: IncomingMessage, response: ServerResponse, headOnly: boolean, channel: Channel): void {
    const { registry, limits, clock, trustProxy, emit } = this.#options;
    const address = clientAddress(request, trustProxy);
    const refusal = registry.refusal(address);
    if (refusal !== null) {
      const refused = refusalResponse(refusal, limits);
      emit({ type: "connection_refused", reason: refusal, status: refused.status, address });
      writeResponse(response, refused, { headOnly });
      return;
    }
    response.writeHead(200, {
      ...commonHeaders(),
      "Cache-Control": NEVER_CACHED,
      "Content-Type": "text/event-stream; charset=utf-8",
      // Disables response buffering in nginx.
      "X-Accel-Buffering": "no",
    });
    if (headOnly) {
      response.end();
      return;
    }
    request.socket.setNoDelay(true);
    response.flushHeaders();
    const subscriber = new SseSubscriber(registry.nextId(), address, response, limits, clock, (client, cause) =>
      registry.remove(client, cause, null),
    );
    const { "last-event-id": lastEventId } = request.headers;
    const named = Array.isArray(lastEventId) ? lastEventId[0] : lastEventId;
    registry.enter(channel, subscriber, requestedPosition(named, queryOf(request)));
  }
}
