import type { NatsConnection } from "@nats-io/transport-node";
import { loadNatsPackages, type NatsPackages } from "../../src/relay/bus/nats-packages.ts";
import { NatsProcess } from "../bus/nats-process.ts";
import { eventually, nodeless, ServiceProcess } from "../e2e/service-process.ts";

/** A NATS server, an analyzer whose updates have no price, and the attacker's connection. */
export class NatsBench {
  readonly nats: NatsProcess;
  readonly analyzer: ServiceProcess;
  readonly packages: NatsPackages;
  readonly attacker: NatsConnection;

  private constructor(nats: NatsProcess, analyzer: ServiceProcess, packages: NatsPackages, attacker: NatsConnection) {
    this.nats = nats;
    this.analyzer = analyzer;
    this.packages = packages;
    this.attacker = attacker;
  }

  static async start(configuration = ""): Promise<NatsBench> {
    const nats = await NatsProcess.start({ configuration });
    const analyzer = await ServiceProcess.listening([...nodeless, "--bus", nats.url, "--analyzer-name", "honest"]);
    const packages = await loadNatsPackages();
    return new NatsBench(nats, analyzer, packages, await packages.transport.connect({ servers: nats.url }));
  }

  async dispose(): Promise<void> {
    await this.attacker.close();
    await this.analyzer.stop();
    await this.nats.dispose();
  }
}

/** Resolves when an edge has fresh updates of the analyzer. @throws {Error} after the timeout. */
export async function recovered(edge: ServiceProcess, what: string, withinMs: number): Promise<void> {
  let before = Number.POSITIVE_INFINITY;
  await eventually(
    `fresh updates at the edge after ${what}`,
    async () => {
      const { text } = await edge.get("/metrics");
      const applied = Number(/^utxoracle_edge_deltas_total\{verdict="applied"\} (\d+)/m.exec(text)?.[1]);
      const isFresh = text.includes('utxoracle_edge_analyzer_info{analyzer="honest"') && applied > before;
      before = applied;
      return isFresh;
    },
    (isFresh) => isFresh,
    withinMs,
  );
}
