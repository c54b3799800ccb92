import type { ConfirmedUpdate, MempoolUpdate } from "@utxoracle/models";
import type { Publication } from "../state/publication.ts";

/** Where the service's messages go: its own clients, the bus. Neither call waits for anybody, and neither throws. */
export interface OutputPort {
  live(publication: Publication<MempoolUpdate>): void;
  confirmed(publication: Publication<ConfirmedUpdate>): void;
}

/** The stream's own clients. */
export function clientsPort(topics: Record<"live" | "confirmed", ClientTopic>): OutputPort {
  return {
    live: (publication) => topics.live.publish(encoded(publication)),
    confirmed: (publication) => topics.confirmed.publish(encoded(publication)),
  };
}

interface ClientTopic {
  publish(publication: { delta: string; snapshot: () => string }): void;
}

function encoded({ delta, snapshot }: Publication<object>): { delta: string; snapshot: () => string } {
  return { delta: JSON.stringify(delta), snapshot: () => JSON.stringify(snapshot) };
}
