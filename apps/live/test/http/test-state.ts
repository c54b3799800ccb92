import type {
  BlockPointsResponse,
  ConfirmedPicture,
  ConfirmedUpdateData,
  EvidenceResponse,
  MempoolDeltaData,
  MempoolSnapshotData,
  TrackRecordDays,
  TrackRecordResponse,
} from "@utxoracle/models";
import { pino } from "pino";
import { PriceHistory } from "../../src/history/price-history.ts";
import { readinessReasonsOf } from "../../src/state/readiness.ts";
import type {
  ConfirmedPrice,
  ConfirmedWindows,
  ReadinessReason,
  ServiceState,
  WindowCounts,
} from "../../src/state/service-state.ts";
import { TrackRecord } from "../../src/track/track-record.ts";

/** An update with status ok. Tests override fields. */
export function tick(changes: Partial<MempoolSnapshotData> = {}): MempoolSnapshotData {
  return {
    price: 113_600.5,
    confidence: 0.97,
    transactions: [],
    stats: { total_received: 12_543, total_filtered: 8234, active_in_window: 4309, uptime_seconds: 3600.5 },
    timestamp: 1_763_810_000.25,
    snapshot: true,
    seq: 7201,
    epoch: "k3v9",
    status: "ok",
    interval: { low: 113_310, high: 113_890 },
    window_seconds: 10_800,
    engine: "posterior",
    source: "node",
    chain: "main",
    price_timestamp: 1_763_810_000.25,
    window_price: 113_550.25,
    loading: null,
    node: {
      connected: true,
      last_message_age: 0,
      missed_messages: 0,
      resyncing: false,
      height: 870_000,
      last_block_timestamp: 1_763_809_500,
    },
    ...changes,
  };
}

/** An update with status ok as a delta in which everything changed. Tests override fields. */
export function deltaTick(changes: Partial<MempoolDeltaData> = {}): MempoolDeltaData {
  const { epoch: _, ...fields } = tick();
  return { ...fields, ...changes, snapshot: false };
}

/** A state with writable data. */
export class TestState implements ServiceState {
  clock = 1_763_810_001;
  tick: MempoolSnapshotData | null = tick();
  confirmedSide: ConfirmedUpdateData | null = null;
  confirmedHistory: ConfirmedPrice[] = [];
  windows: ConfirmedWindows = { lastBlocks: null, lastDay: null };
  reasons: ReadinessReason[] | null = null;
  noticesShown: ReadinessReason[] = [];
  picture: ConfirmedPicture | null = null;
  pointsOfBlocks: BlockPointsResponse[] = [];
  readonly published = new PriceHistory();
  readonly tracked = new TrackRecord({ log: pino({ level: "silent" }) });
  evidenceShown: EvidenceResponse | null = null;

  now(): number {
    return this.clock;
  }
  latest(): MempoolSnapshotData | null {
    return this.tick;
  }
  windowCounts(): WindowCounts | null {
    return { expired: 120, removed: 7, remembered: 40, displaced: 0, forgotten: 2 };
  }
  confirmed(): ConfirmedUpdateData | null {
    return this.confirmedSide;
  }
  confirmedPicture(): ConfirmedPicture | null {
    return this.picture;
  }
  blockPoints(hash: string, tip: string): BlockPointsResponse | null {
    return this.pointsOfBlocks.find((points) => points.hash === hash && points.tip === tip) ?? null;
  }
  confirmedPrices(): readonly ConfirmedPrice[] {
    return this.confirmedHistory;
  }
  confirmedWindows(): ConfirmedWindows {
    return this.windows;
  }
  history(): PriceHistory {
    return this.published;
  }
  trackRecord(days: TrackRecordDays): TrackRecordResponse {
    return this.tracked.report(days, this.clock);
  }
  notices(): ReadinessReason[] {
    return this.noticesShown;
  }

  readinessReasons(): readonly ReadinessReason[] {
    return this.reasons ?? readinessReasonsOf(this.tick);
  }
  evidence(): EvidenceResponse | null {
    return this.evidenceShown;
  }
}
