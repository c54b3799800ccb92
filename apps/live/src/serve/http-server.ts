import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createStreamServer, type StreamServer, StreamServerError, type Topic } from "@utxoracle/stream-server";
import type { Logger } from "pino";
import type { Settings } from "../config/schema.ts";
import { UserError } from "../config/user-error.ts";
import { createStreamLog } from "../logging/stream-log.ts";
import type { ServiceState } from "../state/service-state.ts";
import { clientLimits } from "./client-limits.ts";
import { handlersOf, STREAM_PATHS } from "./http/routes.ts";
import type { ServerMetrics } from "./metrics/server-metrics.ts";

/** The page, built beside the program. */
const webDirectory = fileURLToPath(new URL("./web/", import.meta.url));

/** One client's requests for the confirmed side, up to half a megabyte, are answered at most so often, ms. */
const CONFIRMED_INTERVAL_MS = 60_000;

export interface HttpServerOptions {
  readonly settings: Settings;
  /** What the routes answer from. */
  readonly state: ServiceState;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  /** Of the program, for the documents it serves. */
  readonly version: string;
}

/** What clients connect to: the stream's two topics, the HTTP routes and the page. */
export interface HttpServer {
  readonly live: Topic;
  readonly confirmed: Topic;
  /** @throws {UserError} when the address cannot be listened on. */
  listen(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
}

/** The server with its stream, its routes and the page; not listening yet. */
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
        // The service's own line has the address as one opens it.
        if (event.type !== "listening") logStream(event);
      } catch (error) {
        // The stream server would only warn of it: a defect of this program ends the process.
        queueMicrotask(() => {
          throw error;
        });
      }
    },
  });
  const stream = server.channel(STREAM_PATHS);
  const live = stream.topic("mempool_update");
  const confirmed = stream.topic("confirmed_update", { snapshotIntervalMs: CONFIRMED_INTERVAL_MS });
  server.addRoutes(handlersOf("public", { state, metrics, version }));
  server.addRoutes(handlersOf("operator", { state, metrics, version }), { crossOrigin: false });
  if (existsSync(webDirectory)) await server.addStaticFolder({ directory: webDirectory, embeddable: true });
  else log.warn("the page is not built: only the stream and the API are served");
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
