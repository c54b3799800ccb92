import type { ConfirmedPublication, LivePublication, Publication } from "../state/publication.ts";

/**
 * A destination of the service's messages: its clients, or NATS. The methods do not wait and do not
 * throw.
 */
export interface OutputPort {
  live(publication: LivePublication): void;
  confirmed(publication: ConfirmedPublication): void;
}

/** Output to the clients of the stream. */
export function clientsPort(topics: Record<"live" | "confirmed", ClientTopic>): OutputPort {
  return {
    live: (publication) => {
      const { epoch, seq } = publication.snapshot.data;
      topics.live.publish({ ...encoded(publication), position: { epoch, seq } });
    },
    confirmed: (publication) => topics.confirmed.publish(encoded(publication)),
  };
}

interface ClientTopic {
  publish(publication: { delta: string; snapshot: () => string; position?: { epoch: string; seq: number } }): void;
}

function encoded({ delta, snapshot }: Publication<object, object>): { delta: string; snapshot: () => string } {
  return { delta: JSON.stringify(delta), snapshot: () => JSON.stringify(snapshot) };
}
