import { inSoak } from "@utxoracle/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { SyncReason } from "../src/ingest/sync-requests.ts";
import {
  firstStep,
  isOutOfSync,
  type Step,
  type SyncEvent,
  type SyncState,
  transition,
} from "../src/sync/sync-state.ts";

const [RUNS = 150] = inSoak(500);

// The state machine against a model that only counts: what was requested, what runs, how long it
// waits.

const resetReason = { code: "clock_set", message: "the clock went 30 s ahead" } as const;

/**
 * The loop's running operation. There is always exactly one, or the loop would stop.
 */
type UnderWay =
  | { readonly kind: "sync"; readonly isAnswered: boolean; readonly isCancelled: boolean }
  | { readonly kind: "poll" }
  | { readonly kind: "credentials" }
  | { readonly kind: "wait"; readonly seconds: number };

class Model {
  state: SyncState = firstStep().state;
  underWay: UnderWay | null = null;
  /** A request (other than `block`) without a sync yet, and the one of the running sync. */
  isRequested = false;
  isServed = true;
  isRejected = false;
  /** Waited since the last attempt, seconds. */
  waited = 0;
  verdicts: string[] = [];

  constructor() {
    this.#take(firstStep());
  }

  event(event: SyncEvent): void {
    const before = this.state.activity;
    if (event.type === "syncRequested" || event.type === "fullSyncRequested")
      this.isRequested ||= event.reason !== "block";
    if (event.type === "windowReset") this.isRequested = true;
    if (event.type === "nodeAnswered") {
      this.isRejected = event.rejection !== null;
      if (!this.isRejected) this.underWay = { kind: "sync", isAnswered: true, isCancelled: false };
    }
    if (event.type === "syncCancelled" || event.type === "synced") this.isServed = false;
    const isFailure =
      event.type === "syncFailed" ||
      event.type === "mempoolLoading" ||
      (event.type === "nodeAnswered" && event.rejection !== null);
    if (isFailure) {
      this.isRequested ||= this.isServed;
      this.isServed = false;
    }
    this.#take(transition(this.state, event));
    // Results of a sync belong to the window before the reset.
    if (event.type === "windowReset" && this.underWay?.kind === "sync" && before === "syncing")
      expect(this.underWay.isCancelled).toBe(true);
    if (before === "retrying" && event.type === "waited") expect(this.waited).toBeLessThanOrEqual(60);
    this.#check();
  }

  /** Possible results of the running operation without failures. */
  succeed(): void {
    const { underWay } = this;
    if (underWay?.kind === "wait") this.wait(underWay.seconds);
    else if (underWay?.kind === "poll") this.end({ type: "polled", block: "b", isHeld: true });
    else if (underWay?.kind === "credentials") this.end({ type: "credentialsChecked", changed: false });
    else if (underWay?.isCancelled) this.end({ type: "syncCancelled" });
    else if (underWay?.isAnswered) this.end({ type: "synced", height: 1, block: "b" });
    else this.event({ type: "nodeAnswered", chain: "main", rejection: null });
  }

  wait(seconds: number): void {
    this.waited += seconds;
    this.end({ type: "waited" });
  }

  end(event: SyncEvent): void {
    this.underWay = null;
    this.event(event);
  }

  #take({ state, effects }: Step): void {
    this.state = state;
    for (const effect of effects)
      switch (effect.type) {
        case "startSync":
          // It may only shorten a pause.
          expect(["wait", "credentials"]).toContain(this.underWay?.kind ?? "wait");
          this.underWay = { kind: "sync", isAnswered: false, isCancelled: false };
          this.isServed = this.isRequested;
          this.isRequested = false;
          this.waited = 0;
          expect(effect.reason !== "block").toBe(effect.reason === "start" || this.isServed);
          break;
        case "cancelSync":
          expect(this.underWay?.kind).toBe("sync");
          this.underWay = { kind: "sync", isAnswered: false, isCancelled: true };
          break;
        case "startPoll":
          expect(this.underWay).toBeNull();
          this.underWay = { kind: "poll" };
          break;
        case "checkCredentials":
          expect(this.underWay).toBeNull();
          this.underWay = { kind: "credentials" };
          break;
        case "wait":
          expect(this.underWay).toBeNull();
          expect(effect.seconds).toBeGreaterThan(0);
          expect(effect.seconds).toBeLessThanOrEqual(15);
          this.underWay = { kind: "wait", seconds: effect.seconds };
          break;
        case "verdict":
          this.verdicts.push(effect.verdict);
          break;
        default:
      }
  }

  #check(): void {
    const { state } = this;
    expect(this.underWay).not.toBeNull();
    expect({ syncing: state.activity === "syncing", polling: state.activity === "polling" }).toEqual({
      syncing: this.underWay?.kind === "sync",
      polling: this.underWay?.kind === "poll",
    });
    if (state.running !== "start" && state.requested !== "start")
      expect(isOutOfSync(state)).toBe(this.isRequested || this.isServed);
    expect(state.rejectedNode).toBe(this.isRejected);
    expect(state.problem === null).toBe(state.node === "live" || state.node === "starting");
    if (state.resetReason !== null) expect(state.filled).toBe(false);
  }
}

const anyReason = fc.constantFrom<SyncReason>("block", "connected", "messages_missed", "node_restarted");

/** Results of the running operation, and other events. */
const anyAction: fc.Arbitrary<(model: Model) => void> = fc.oneof(
  { weight: 6, arbitrary: fc.constant((model: Model) => model.succeed()) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("unreachable", "unauthorized", "forbidden", "warming_up", "timeout", "loading", "rejected", "wrong")
      .map((outcome) => (model: Model) => {
        const { underWay } = model;
        if (underWay?.kind === "poll") return model.end({ type: "pollFailed" });
        if (underWay?.kind !== "sync" || underWay.isCancelled) return model.succeed();
        if (outcome === "loading") return model.end({ type: "mempoolLoading", height: 1 });
        if (outcome === "rejected" || outcome === "wrong") {
          const code = outcome === "wrong" ? "wrong_chain" : "node_syncing";
          return model.end({ type: "nodeAnswered", chain: "test", rejection: { code, message: "no" } });
        }
        model.end({ type: "syncFailed", code: outcome as "timeout", message: "no" });
      }),
  },
  { weight: 2, arbitrary: anyReason.map((reason) => (model: Model) => model.event({ type: "syncRequested", reason })) },
  {
    weight: 2,
    arbitrary: anyReason
      .filter((reason) => reason !== "block")
      .map((reason) => (model: Model) => model.event({ type: "fullSyncRequested", reason })),
  },
  { weight: 1, arbitrary: fc.constant((model: Model) => model.event({ type: "windowReset", reason: resetReason })) },
  {
    weight: 1,
    arbitrary: fc.constant((model: Model) => {
      if (model.underWay?.kind === "credentials") model.end({ type: "credentialsChecked", changed: true });
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((model: Model) => {
      if (model.underWay?.kind === "poll") model.end({ type: "polled", block: `b${model.waited}`, isHeld: false });
    }),
  },
);

it("never stops, never ignores a request, and waits a minute at most", () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const model = new Model();
      for (const act of actions) act(model);
      // Every request is served once the node answers.
      for (let step = 0; step < 40 && (isOutOfSync(model.state) || model.state.activity !== "idle"); step++)
        model.succeed();
      expect(model.state).toMatchObject({ activity: "idle", running: null, requested: null, problem: null });
      expect(model.state).toMatchObject({ filled: true, resetReason: null, rejectedNode: false });
      expect(model.verdicts.at(-1)).toBe("fetched");
    }),
    { numRuns: RUNS },
  );
});

it("retries an unreachable node within 5 s, a refusing one within a minute", () => {
  for (const [code, pauses] of [
    ["unreachable", [1, 2, 4, 5, 5]],
    ["unauthorized", [1, 2, 4, 8, 16, 32, 60, 60]],
  ] as const) {
    const model = new Model();
    for (const pause of pauses) {
      model.end({ type: "syncFailed", code, message: "no" });
      let waited = 0;
      while (model.underWay?.kind !== "sync") {
        if (model.underWay?.kind === "wait") waited += model.underWay.seconds;
        model.succeed();
      }
      expect(waited).toBe(pause);
    }
  }
});
