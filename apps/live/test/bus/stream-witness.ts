import type { MempoolUpdate, ServerMessage } from "@utxoracle/models";
import { type MempoolTick, mergedTick, StreamClient } from "@utxoracle/viz/client";
import WebSocket from "ws";

/** Maximum number of faults to keep per kind. */
const FAULTS_MAX = 20;

export interface WitnessOptions {
  readonly name: string;
  /** URL of the next connection. */
  readonly url: () => string;
  /** Checks every live update. @returns a fault, or null. */
  readonly judge: (data: MempoolTick["data"]) => string | null;
  /** Called with every update that the client passes on. */
  readonly onApplied?: (data: MempoolTick["data"]) => void;
  /** Called with the first update of each connection, and whether it continues the one before. */
  readonly onFirst?: (text: string, isResumed: boolean) => void;
}

/**
 * Runs the page's stream client, which reconnects by itself and resumes, with and without
 * compression, and checks every message: the first one of a connection is a snapshot or follows the
 * last tick of the connection before, a delta has the next number of the same epoch, and no number
 * of an epoch repeats except in the response to a snapshot request.
 */
export class StreamWitness {
  readonly faults: string[] = [];
  readonly epochs = new Set<string>();
  connections = 0;
  updates = 0;
  snapshots = 0;
  /** Connections that started with what the client had missed instead of a snapshot. */
  resumes = 0;
  #isDeflated = false;
  /** The client's state. */
  #applied: MempoolTick["data"] | null = null;
  /** Requested snapshots that repeated the previous message, one line each. */
  readonly repeatsAskedFor: string[] = [];
  latest: MempoolTick["data"] | null = null;
  latestAtMs = 0;
  readonly client: StreamClient;
  readonly #options: WitnessOptions;

  constructor(options: WitnessOptions) {
    this.#options = options;
    const witness = this;
    class WatchedSocket extends WebSocket {
      constructor(requested: string) {
        // The client names its last tick.
        const { search } = new URL(requested);
        super(`${options.url().replace("http", "ws")}/ws/mempool${search}`, { perMessageDeflate: witness.#isDeflated });
        witness.#isDeflated = !witness.#isDeflated;
        const connection = new WatchedConnection(
          search === "" ? null : witness.#applied,
          () => {
            witness.resumes += 1;
          },
          (fault) => witness.#fault(fault),
          (repeat) => witness.repeatsAskedFor.push(`${options.name}: ${repeat}`),
        );
        this.once("open", () => {
          witness.connections += 1;
        });
        const send = this.send.bind(this) as (text: string) => void;
        this.send = ((text: string) => {
          const asksSnapshot = text.includes('"snapshot"');
          // The pong to the witness' own ping precedes the requested snapshot.
          if (asksSnapshot) send('{"type":"ping"}');
          connection.sent(asksSnapshot);
          send(text);
        }) as WebSocket["send"];
        this.on("message", (raw) => witness.#message(connection, String(raw)));
      }
    }
    this.client = new StreamClient({
      url: "ws://chosen.at.each.connection/",
      WebSocket: WatchedSocket as never,
      onMessage: (message) => {
        if (message.type !== "mempool_update") return;
        this.#applied = message.data;
        options.onApplied?.(message.data);
      },
      minimumDelayMs: 200,
      maximumDelayMs: 2000,
      silenceMs: 3000,
    });
    this.client.connect();
  }

  close(): void {
    this.client.close();
  }

  #message(connection: WatchedConnection, text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.type === "pong") connection.pong();
    if (message.type !== "mempool_update") return;
    if (connection.isNew) this.#options.onFirst?.(text, !message.data.snapshot);
    const data = connection.update(message);
    if (data === null) return;
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

/**
 * Checks the messages of one connection. The client requests a snapshot after a long wait, e.g. at
 * an edge that was suspended or has no price yet. The server answers every request
 * (packages/stream-server/README.md), even if a snapshot was just sent. So only the snapshot right
 * after a pong may repeat the previous number, and it must precede any delta.
 */
class WatchedConnection {
  readonly #resumed: MempoolTick["data"] | null;
  readonly #onResume: () => void;
  readonly #fault: (fault: string) => void;
  readonly #answeredTwice: (repeat: string) => void;
  readonly #lastOfEpoch = new Map<string, number>();
  /** Pings without a pong, oldest first: whether each precedes a snapshot request. */
  readonly #pings: boolean[] = [];
  #last: Pick<MempoolTick["data"], "epoch" | "seq"> | null = null;
  #data: MempoolTick["data"] | null = null;
  #answerIsDue = false;
  #askedAtMs = 0;
  #lastAtMs = 0;

  /** @param resumed the client's state, if it named its last tick */
  constructor(
    resumed: MempoolTick["data"] | null,
    onResume: () => void,
    fault: (fault: string) => void,
    answeredTwice: (repeat: string) => void,
  ) {
    this.#data = resumed;
    this.#resumed = resumed;
    this.#onResume = onResume;
    this.#fault = fault;
    this.#answeredTwice = answeredTwice;
  }

  /** Whether no update was received yet. */
  get isNew(): boolean {
    return this.#last === null;
  }

  /** Records a ping of the client. @param asksSnapshot whether a snapshot request follows it. */
  sent(asksSnapshot: boolean): void {
    this.#pings.push(asksSnapshot);
    if (asksSnapshot) this.#askedAtMs = performance.now();
  }

  pong(): void {
    this.#answerIsDue = this.#pings.shift() ?? false;
  }

  /** @returns the complete state; null for a delta before any snapshot. */
  update(message: MempoolUpdate): MempoolTick["data"] | null {
    const data = mergedTick(this.#data, message);
    if (data === null) this.#fault(`the first update is a delta: ${message.data.seq}`);
    else this.#check(data, message.data.snapshot ? null : (message.data.since ?? message.data.seq - 1));
    this.#data = data;
    return data;
  }

  /** @param since the tick that a delta continues */
  #check({ epoch, seq, snapshot }: MempoolTick["data"], since: number | null): void {
    const last = this.#last ?? (snapshot ? null : this.#resumed);
    if (this.#last === null && !snapshot && this.#resumed !== null) this.#onResume();
    const isAnswer = this.#answerIsDue;
    this.#answerIsDue = false;
    const here = `${snapshot ? "snapshot" : "delta"} ${epoch} ${seq} after ${last?.epoch ?? "nothing"} ${last?.seq ?? ""}`;
    if (isAnswer && !snapshot) this.#fault(`no snapshot where one was asked for: ${here}`);
    if (isAnswer && snapshot && last?.epoch === epoch && last.seq === seq) {
      const [first, second] = [this.#lastAtMs, performance.now()].map((at) => (at - this.#askedAtMs).toFixed(0));
      this.#answeredTwice(`${here}, ${first} and ${second} ms after the question`);
      return;
    }
    if (seq <= (this.#lastOfEpoch.get(epoch) ?? -1)) this.#fault(`a number came again: ${here}`);
    if (!snapshot && (last === null || last.epoch !== epoch || last.seq !== since))
      this.#fault(`a gap without a snapshot: ${here}`);
    this.#last = { epoch, seq };
    this.#lastAtMs = performance.now();
    this.#lastOfEpoch.set(epoch, Math.max(seq, this.#lastOfEpoch.get(epoch) ?? -1));
  }
}
