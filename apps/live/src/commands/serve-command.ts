import { type Machine, nodeAccess, publishedEndpoints } from "../config/node-access.ts";
import { hasAuto, resolveEndpoints } from "../config/zmq-endpoints.ts";
import { ReplayFeed } from "../ingest/replay-feed.ts";
import { openDemoFeed } from "../sync/demo-feed.ts";
import { NodeFeed } from "../sync/node-feed.ts";
import type { OpenFeed, ServiceOptions } from "./service/service-options.ts";
import { runService } from "./service.ts";

export interface ServeOptions extends Omit<ServiceOptions, "openFeed"> {
  /** Recording to replay; null: a node, or a simulation. */
  readonly path: string | null;
  readonly isDemo: boolean;
  readonly machine: Machine;
}

/** Runs the service of `serve`, `demo` and `replay` until the supervisor stops it. */
export async function serveCommand({ path, isDemo, machine, ...options }: ServeOptions): Promise<void> {
  const { settings, log } = options;
  const openFeed: OpenFeed = async (parts, signal) => {
    if (path !== null)
      return await ReplayFeed.open({ path, speed: settings.speed, spanSeconds: settings.span, log, signal });
    if (isDemo) return await openDemoFeed({ seed: settings.seed, log, signal, ...parts });
    const access = nodeAccess(settings, machine);
    const { node, zmq, host } = access;
    return new NodeFeed({
      source: "node",
      endpoints: resolveEndpoints(zmq, null, host),
      ...(hasAuto(zmq) && node !== null ? { findEndpoints: (found) => publishedEndpoints(access, found) } : {}),
      node,
      chain: settings.chain ?? null,
      log,
      ...parts,
    });
  };
  await runService({ ...options, openFeed });
}
