import type { Simulator } from "@utxoracle/simulator";
import { eventually, ServiceProcess } from "../e2e/service-process.ts";
import { startSmallNode } from "../e2e/small-node.ts";
import { CuttableLink } from "./cuttable-link.ts";
import { NatsProcess } from "./nats-process.ts";

export interface FleetOptions {
  readonly analyzers: number;
  readonly edges: number;
  readonly seed: number;
  /** Default true. Without blocks there are no confirmed points, which are many. */
  readonly blocks?: boolean;
  /**
   * Gives every analyzer and edge its own link to the NATS server, which can be cut. Default false.
   */
  readonly cuttable?: boolean;
  /** As many payments before the start as by default, for measurements. Default false. */
  readonly usualWindow?: boolean;
}

/** A process of the fleet, possibly down. */
export interface Place {
  readonly name: string;
  readonly words: readonly string[];
  /** Its link to the NATS server; null if the link cannot be cut. */
  readonly link: CuttableLink | null;
  process: ServiceProcess | null;
  /** Its last URL. */
  url: string;
}

/** A simulated node with a known price, analyzers, a NATS server and edges. */
export class BusFleet {
  readonly simulator: Simulator;
  readonly nats: NatsProcess;
  readonly analyzers: readonly Place[];
  readonly edges: readonly Place[];

  private constructor(
    { simulator, flags: node }: Awaited<ReturnType<typeof startSmallNode>>,
    nats: NatsProcess,
    links: CuttableLink[],
    options: FleetOptions,
  ) {
    this.simulator = simulator;
    this.nats = nats;
    const place = (name: string, words: readonly string[]): Place => {
      const link = links.pop() ?? null;
      const bus = link === null ? nats.url : `nats://127.0.0.1:${link.port}`;
      return { name, words: [...words, "--bus", bus], link, process: null, url: "http://127.0.0.1:9" };
    };
    this.analyzers = Array.from({ length: options.analyzers }, (_, index) =>
      place(`analyzer-${index}`, [...node, "--analyzer-name", `analyzer-${index}`]),
    );
    this.edges = Array.from({ length: options.edges }, (_, index) => place(`edge-${index}`, ["edge"]));
  }

  /** Starts everything and waits for an ok price at every edge. */
  static async start(options: FleetOptions): Promise<BusFleet> {
    const { seed, usualWindow = false } = options;
    const blockIntervalSeconds = options.blocks === false ? Number.POSITIVE_INFINITY : 120;
    const node = await startSmallNode({ seed, usualWindow, blockIntervalSeconds });
    const nats = await NatsProcess.start();
    const places = options.cuttable === true ? options.analyzers + options.edges : 0;
    const links = await Promise.all(Array.from({ length: places }, () => CuttableLink.to(nats.port)));
    const fleet = new BusFleet(node, nats, links, options);
    try {
      for (const place of [...fleet.analyzers, ...fleet.edges]) await fleet.run(place);
      // A partly loaded window may give an ok price for a moment.
      for (const { process } of fleet.analyzers)
        await process?.logLine(({ msg }) => msg === "window in sync with node");
      for (const edge of fleet.edges) await fleet.firmPrice(edge);
    } catch (error) {
      await fleet.dispose();
      throw error;
    }
    return fleet;
  }

  async run(place: Place): Promise<void> {
    place.process = await ServiceProcess.listening(place.words);
    place.url = place.process.url;
  }

  async kill(place: Place, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const { process } = place;
    place.process = null;
    // A suspended process handles no other signal.
    process?.child.kill("SIGCONT");
    await process?.stop(signal);
  }

  firmPrice(place: Place) {
    return eventually(
      `a firm price at ${place.name}`,
      async () => (place.process === null ? null : await place.process.price()),
      (price) => price?.status === "ok",
      60_000,
    );
  }

  /** The publishing analyzer; null if none publishes or responds. */
  async leader(): Promise<Place | null> {
    for (const place of this.analyzers) {
      if (place.process === null) continue;
      try {
        const response = await fetch(`${place.url}/metrics`, { signal: AbortSignal.timeout(1000) });
        if (/^utxoracle_bus_leader 1$/m.test(await response.text())) return place;
      } catch {
        // Down or suspended: not the leader.
      }
    }
    return null;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.edges, ...this.analyzers].map((place) => this.kill(place)));
    await Promise.all([...this.edges, ...this.analyzers].map(({ link }) => link?.close()));
    await this.nats.dispose();
    await this.simulator.stop();
  }
}
