import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { responseWithoutUpgrade } from "./rejected-upgrade.ts";

/** What takes requests away from the listeners of the server that it is attached to. */
export interface RequestInterceptor {
  owns(request: IncomingMessage): boolean;
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

/** By server that something was ever attached to: what is attached now. */
const takersOf = new WeakMap<Server, Set<RequestInterceptor>>();
/** Makes Node.js emit `upgrade` where nothing else listens for it. */
const ignoreUpgrade = (): void => {};

/**
 * Takes the requests that the taker owns before any listener of the server sees them, whichever came first. A listener
 * beside the others would not do: web frameworks answer every request that they see, also for paths they do not know.
 * @returns gives the server back.
 */
export function interceptRequests(http: Server, taker: RequestInterceptor): () => void {
  let takers = takersOf.get(http);
  if (takers === undefined) {
    takers = new Set();
    takersOf.set(http, takers);
    takeFirst(http, takers);
  }
  takers.add(taker);
  if (takers.size === 1) http.on("upgrade", ignoreUpgrade);
  return () => {
    takers.delete(taker);
    if (takers.size === 0) http.removeListener("upgrade", ignoreUpgrade);
  };
}

/** Has the server ask the takers before its listeners. */
function takeFirst(http: Server, takers: ReadonlySet<RequestInterceptor>): void {
  const { emit } = http;
  const ownerOf = (request: IncomingMessage): RequestInterceptor | undefined =>
    [...takers].find((taker) => taker.owns(request));

  const takeRequest = (event: string, request: IncomingMessage, response: ServerResponse): boolean => {
    // Where nothing listens, somebody has to say that there is nothing at the path.
    const taker = ownerOf(request) ?? (http.listenerCount(event) === 0 ? [...takers][0] : undefined);
    taker?.request(request, response);
    return taker !== undefined;
  };

  const takeUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): boolean => {
    const owner = ownerOf(request);
    if (owner !== undefined) {
      owner.upgrade(request, stream, head);
    } else if (http.listeners("upgrade").some((listener) => listener !== ignoreUpgrade)) {
      return false;
    } else {
      // Without a listener for upgrades Node.js takes the offer of another protocol for an ordinary request.
      const response = responseWithoutUpgrade(request, request.socket);
      if (response !== null) http.emit("request", request, response);
    }
    return true;
  };

  http.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    const [request, second, head] = args as [IncomingMessage, ServerResponse & Duplex, Buffer];
    let isTaken = false;
    if (takers.size > 0) {
      if (event === "upgrade") isTaken = takeUpgrade(request, second, head);
      else if (event === "request" || event === "checkContinue" || event === "checkExpectation")
        isTaken = takeRequest(event, request, second);
    }
    return isTaken || Reflect.apply(emit, http, [event, ...args]);
  };
}
