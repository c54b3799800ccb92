import type { MempoolUpdateData, ServerMessage } from "@utxoracle/models";
import { StreamClient } from "@utxoracle/viz/client";
import WebSocket from "ws";

/** The first sight of each kind of fault says enough; a broken stream would repeat it for ever. */
const FAULTS_MAX = 20;

export interface WitnessOptions {
  readonly name: string;
  /** Where the next connection goes. */
  readonly url: () => string;
  /** Looks at every update of the live side; what it returns is a fault. */
  readonly judge: (data: MempoolUpdateData) => string | null;
}

/**
 * A reader with the page's own client, which reconnects by itself, and with an eye on every message of every connection:
 * the first is a snapshot, a delta is the next number of the same epoch, and no number of an epoch comes twice unless its
 * client asked for it.
 */
export class StreamWitness {
  readonly faults: string[] = [];
  readonly epochs = new Set<string>();
  connections = 0;
  updates = 0;
  snapshots = 0;
  /** Snapshots that the client asked for itself and that said again what had just come. */
  repeatsAskedFor = 0;
  latest: MempoolUpdateData | null = null;
  latestAtMs = 0;
  readonly client: StreamClient;
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
    const witness = this;
    class WatchedSocket extends WebSocket {
      constructor() {
        super(`${options.url().replace("http", "ws")}/ws/mempool`, { perMessageDeflate: false });
        const connection = new WatchedConnection(
          (fault) => witness.#fault(fault),
          () => {
            witness.repeatsAskedFor += 1;
          },
        );
        this.once("open", () => {
          witness.connections += 1;
        });
        const send = this.send.bind(this) as (text: string) => void;
        // The client asks for a snapshot by itself when it has waited for one; the answer may cross with what came.
        this.send = ((text: string) => {
          if (text.includes('"snapshot"')) connection.asked();
          send(text);
        }) as WebSocket["send"];
        this.on("message", (raw) => witness.#message(connection, JSON.parse(String(raw)) as ServerMessage));
      }
    }
    this.client = new StreamClient({
      url: "ws://chosen.at.each.connection/",
      WebSocket: WatchedSocket as never,
      onMessage: () => undefined,
      minimumDelayMs: 200,
      maximumDelayMs: 2000,
      silenceMs: 3000,
    });
    this.client.connect();
  }

  close(): void {
    this.client.close();
  }

  #message(connection: WatchedConnection, message: ServerMessage): void {
    if (message.type !== "mempool_update") return;
    const { data } = message;
    connection.update(data);
    this.updates += 1;
    if (data.snapshot) this.snapshots += 1;
    this.epochs.add(data.epoch);
    this.latest = data;
    this.latestAtMs = performance.now();
    const fault = this.#options.judge(data);
    if (fault !== null) this.#fault(fault);
  }

  #fault(fault: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(`${this.#options.name}: ${fault}`);
  }
}

/** What one connection must keep to. */
class WatchedConnection {
  readonly #fault: (fault: string) => void;
  readonly #answeredTwice: () => void;
  readonly #lastOfEpoch = new Map<string, number>();
  #last: Pick<MempoolUpdateData, "epoch" | "seq"> | null = null;
  #owed = 0;

  constructor(fault: (fault: string) => void, answeredTwice: () => void) {
    this.#fault = fault;
    this.#answeredTwice = answeredTwice;
  }

  /** Its client asked for a snapshot: one may come that says again what is known. */
  asked(): void {
    this.#owed += 1;
  }

  update({ epoch, seq, snapshot }: MempoolUpdateData): void {
    const last = this.#last;
    if (snapshot && this.#owed > 0 && last?.epoch === epoch && last.seq === seq) {
      this.#owed -= 1;
      this.#answeredTwice();
      return;
    }
    const here = `${snapshot ? "snapshot" : "delta"} ${epoch} ${seq} after ${last?.epoch ?? "nothing"} ${last?.seq ?? ""}`;
    if (seq <= (this.#lastOfEpoch.get(epoch) ?? -1)) this.#fault(`a number came again: ${here}`);
    if (!snapshot && (last === null || last.epoch !== epoch || last.seq !== seq - 1))
      this.#fault(`a gap without a snapshot: ${here}`);
    this.#last = { epoch, seq };
    this.#lastOfEpoch.set(epoch, Math.max(seq, this.#lastOfEpoch.get(epoch) ?? -1));
  }
}
