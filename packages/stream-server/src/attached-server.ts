import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { responseWithoutUpgrade } from "./rejected-upgrade.ts";

/** Handles requests before the listeners of the HTTP server it is attached to. */
export interface RequestInterceptor {
  owns(request: IncomingMessage): boolean;
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
}

/**
 * Interceptors attached to each server. Stays after the last one is removed, because `emit` stays
 * replaced.
 */
const interceptorsByServer = new WeakMap<Server, Set<RequestInterceptor>>();
/** Makes Node.js emit `upgrade` even without another listener. */
const ignoreUpgrade = (): void => {};

/**
 * Passes the interceptor's own requests to it before any listener of the server, in whatever order
 * they were attached. An ordinary listener is not enough: web frameworks respond to every request,
 * even for unknown paths.
 *
 * @returns a function that detaches the interceptor
 */
export function interceptRequests(http: Server, interceptor: RequestInterceptor): () => void {
  let interceptors = interceptorsByServer.get(http);
  if (interceptors === undefined) {
    interceptors = new Set();
    interceptorsByServer.set(http, interceptors);
    replaceEmit(http, interceptors);
  }
  interceptors.add(interceptor);
  if (interceptors.size === 1) http.on("upgrade", ignoreUpgrade);
  return () => {
    interceptors.delete(interceptor);
    if (interceptors.size === 0) http.removeListener("upgrade", ignoreUpgrade);
  };
}

/** Replaces `emit` of the server, so that interceptors come before its listeners. */
function replaceEmit(http: Server, interceptors: ReadonlySet<RequestInterceptor>): void {
  const { emit } = http;
  const ownerOf = (request: IncomingMessage): RequestInterceptor | undefined =>
    [...interceptors].find((interceptor) => interceptor.owns(request));

  const takeRequest = (event: string, request: IncomingMessage, response: ServerResponse): boolean => {
    // Without listeners, the first interceptor responds with 404.
    const interceptor = ownerOf(request) ?? (http.listenerCount(event) === 0 ? [...interceptors][0] : undefined);
    interceptor?.request(request, response);
    return interceptor !== undefined;
  };

  const takeUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): boolean => {
    const owner = ownerOf(request);
    if (owner !== undefined) {
      owner.upgrade(request, stream, head);
    } else if (http.listeners("upgrade").some((listener) => listener !== ignoreUpgrade)) {
      return false;
    } else {
      // Without a listener for upgrades, Node.js would treat this as an ordinary request.
      const response = responseWithoutUpgrade(request, request.socket);
      if (response !== null) http.emit("request", request, response);
    }
    return true;
  };

  http.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    const [request, second, head] = args as [IncomingMessage, ServerResponse & Duplex, Buffer];
    let isTaken = false;
    if (interceptors.size > 0) {
      if (event === "upgrade") isTaken = takeUpgrade(request, second, head);
      else if (event === "request" || event === "checkContinue" || event === "checkExpectation")
        isTaken = takeRequest(event, request, second);
    }
    return isTaken || Reflect.apply(emit, http, [event, ...args]);
  };
}
