import type { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, it } from "vitest";
import { EstimateThread, EstimateThreadError } from "../src/confirmed/estimate-thread.ts";

/** A fake thread: a test decides when it answers, fails or ends. */
class StandInWorker {
  readonly asked: number[] = [];
  readonly #listeners = new Map<string, (value: unknown) => void>();
  ended: () => void = () => undefined;

  on(event: string, listener: (value: unknown) => void): void {
    this.#listeners.set(event, listener);
  }
  tell(event: "message" | "error" | "exit", value: unknown): void {
    this.#listeners.get(event)?.(value);
  }
  postMessage({ id }: { id: number }): void {
    this.asked.push(id);
  }
  terminate(): Promise<void> {
    return new Promise((resolve) => {
      this.ended = resolve;
    });
  }
  ref(): void {}
  unref(): void {}
}
const workers: StandInWorker[] = [];
const createThread = (): EstimateThread =>
  new EstimateThread(() => {
    const worker = new StandInWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });

const amounts = Float64Array.of(0.1);
const answer = { price: 60_000 };
const ask = (thread: EstimateThread): Promise<unknown> =>
  thread.estimate("reference", amounts).catch((error: Error) => error.message);
const reply = (worker: StandInWorker | undefined, id: number): void =>
  worker?.tell("message", { id, estimate: answer });

beforeEach(() => {
  workers.length = 0;
});

describe("an estimate requested while the previous thread ends", () => {
  it("is computed by the next thread; pending requests of the first fail", async () => {
    const thread = createThread();
    const before = ask(thread);
    const end = thread.end();
    const after = ask(thread);
    const [first, second] = workers;
    first?.ended();
    await end;
    expect(await before).toBe("estimate thread stopped");
    reply(second, second?.asked[0] as number);
    expect(await after).toBe(answer);
  });

  it("is computed too when the previous thread fails while it ends", async () => {
    const thread = createThread();
    const before = ask(thread);
    void thread.end();
    const after = ask(thread);
    const [first, second] = workers;
    first?.tell("error", new Error("out of memory"));
    expect(await before).toBe("estimate thread stopped");
    const more = ask(thread);
    expect(workers).toHaveLength(2);
    for (const id of second?.asked ?? []) reply(second, id);
    expect([await after, await more]).toEqual([answer, answer]);
  });
});

describe("a thread that ends before its answer", () => {
  it("rejects pending requests, and the next request starts another thread", async () => {
    const thread = createThread();
    const before = thread.estimate("reference", amounts);
    workers[0]?.tell("exit", 1);
    await expect(before).rejects.toBeInstanceOf(EstimateThreadError);
    const after = ask(thread);
    expect(workers).toHaveLength(2);
    reply(workers[1], workers[1]?.asked[0] as number);
    expect(await after).toBe(answer);
  });

  it("rejects with the error that the thread threw", async () => {
    const thread = createThread();
    const before = thread.estimate("reference", amounts);
    const defect = new TypeError("a defect");
    workers[0]?.tell("error", defect);
    workers[0]?.tell("exit", 1);
    await expect(before).rejects.toBe(defect);
  });

  it("without a pending request ends the program with its error", async () => {
    const thread = createThread();
    const before = ask(thread);
    reply(workers[0], 0);
    await before;
    expect(() => workers[0]?.tell("error", new TypeError("a defect"))).toThrow("a defect");
  });

  it("rejects with EstimateThreadError when the system lacks threads", async () => {
    const thread = createThread();
    const before = thread.estimate("reference", amounts);
    workers[0]?.tell("error", Object.assign(new Error("EMFILE"), { code: "ERR_WORKER_INIT_FAILED" }));
    await expect(before).rejects.toBeInstanceOf(EstimateThreadError);
  });
});
