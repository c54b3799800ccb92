import { createStreamServer, type StreamServer } from "@utxoracle/stream-server";
import { handlersOf } from "../../src/serve/http/routes.ts";
import { createServiceMetrics } from "../../src/serve/metrics/service-metrics.ts";
import { TestState } from "./test-state.ts";

/** A real server with the routes of a state. */
export interface ServedRoutes {
  readonly state: TestState;
  readonly server: StreamServer;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the public routes of a new state, for `beforeEach`, and the operator's if asked. */
export async function serveRoutes({ operator = false } = {}): Promise<ServedRoutes> {
  const state = new TestState();
  const server = createStreamServer();
  const context = { state, version: "1.2.3", metrics: createServiceMetrics({ state }) };
  server.addRoutes(handlersOf("public", context));
  if (operator) server.addRoutes(handlersOf("operator", context), { crossOrigin: false });
  const { url } = await server.listen();
  return { state, server, url, close: () => server.close() };
}
