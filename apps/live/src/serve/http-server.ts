import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createStreamServer, type StreamServer, StreamServerError, type Topic } from "@utxoracle/stream-server";
import type { Logger } from "pino";
import type { Settings } from "../config/schema.ts";
import { UserError } from "../config/user-error.ts";
import { logLine } from "../logging/log-line.ts";
import { createStreamLog } from "../logging/stream-log.ts";
import type { ServiceState } from "../state/service-state.ts";
import { clientLimits } from "./client-limits.ts";
import { FxRates, noFx } from "./fx-rates.ts";
import { handlersOf, STREAM_PATHS } from "./http/routes.ts";
import { mergedDeltas } from "./merged-deltas.ts";
import type { ServerMetrics } from "./metrics/server-metrics.ts";
import { pageCompleter } from "./preview/complete-page.ts";

/** The built page, next to the program. */
const webDirectory = fileURLToPath(new URL("./web/", import.meta.url));

export interface HttpServerOptions {
  readonly settings: Settings;
  readonly state: ServiceState;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  /** Program version, for the served documents. */
  readonly version: string;
}

/** The server for clients: the two topics of the stream, the HTTP routes and the page. */
export interface HttpServer {
  readonly live: Topic;
  readonly confirmed: Topic;
  /** @throws {UserError} if the address or port is not available. */
  listen(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
}

/** Creates the server. It does not listen yet. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { settings, state, metrics, log, version } = options;
  const logStream = createStreamLog(log);
  const server = createStreamServer({
    host: settings.host,
    port: settings.port,
    trustProxy: settings["trust-proxy"],
    allowedOrigins: settings["allowed-origins"] ?? null,
    limits: clientLimits(settings),
    onEvent: (event) => {
      try {
        metrics.streamEvent(event);
        // The service logs "listening" itself, with the URL.
        if (event.type !== "listening") logStream(event);
      } catch (error) {
        // The stream server would only warn. Rethrow outside of it, to end the process.
        queueMicrotask(() => {
          throw error;
        });
      }
    },
  });
  const fx = settings.fx === undefined ? noFx : new FxRates(settings.fx, log);
  const stream = server.channel(STREAM_PATHS);
  const live = stream.topic("mempool_update", { merge: mergedDeltas });
  const confirmed = stream.topic("confirmed_update");
  server.addRoutes(handlersOf("public", { state, metrics, version, fx }));
  server.addRoutes(handlersOf("operator", { state, metrics, version, fx }), { crossOrigin: false });
  if (existsSync(webDirectory))
    await server.addStaticFolder({
      directory: webDirectory,
      embeddable: true,
      completePage: pageCompleter(state, settings["trust-proxy"]),
    });
  else logLine(log, "page not built; serving only the stream and the API");
  return { live, confirmed, listen: () => listen(server), close: () => server.close() };
}

async function listen(server: StreamServer): Promise<{ readonly url: string }> {
  try {
    return await server.listen();
  } catch (error) {
    if (error instanceof StreamServerError) throw new UserError(error.message, undefined, { cause: error });
    throw error;
  }
}
