/**
 * Place of an update in the publisher's sequence. A client that reconnects names the last one it
 * received and gets what follows, at any server that publishes the same sequence.
 */
export interface StreamPosition {
  /** Run of the publisher: 1 to 64 letters, digits, `-`, `_`, `.` or `~`. */
  readonly epoch: string;
  /** Number of the update within the epoch. */
  readonly seq: number;
}

const EPOCH = /^[\w.~-]{1,64}$/;
const SEQ = /^\d{1,16}$/;

/** Whether a position can be named in a query and in an event id. */
export function isPosition({ epoch, seq }: StreamPosition): boolean {
  return typeof epoch === "string" && EPOCH.test(epoch) && Number.isSafeInteger(seq) && seq >= 0;
}

/** A position as the id of a Server-Sent Event. */
export const eventIdOf = ({ epoch, seq }: StreamPosition): string => `${epoch}:${seq}`;

/**
 * The position named by a client: `Last-Event-ID`, else `epoch` and `seq` of the query. Null for
 * none.
 */
export function requestedPosition(lastEventId: string | undefined, query: URLSearchParams): StreamPosition | null {
  const separator = lastEventId?.lastIndexOf(":") ?? -1;
  if (lastEventId !== undefined && separator !== -1)
    return parsed(lastEventId.slice(0, separator), lastEventId.slice(separator + 1));
  return parsed(query.get("epoch") ?? "", query.get("seq") ?? "");
}

function parsed(epoch: string, seq: string): StreamPosition | null {
  const position = { epoch, seq: SEQ.test(seq) ? Number(seq) : -1 };
  return isPosition(position) ? position : null;
}
