import { connect } from "node:net";
import { checkMempoolUpdate } from "@utxoracle/models";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { eventually, ServiceProcess, smallDemo } from "./service-process.ts";

const running: ServiceProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop("SIGKILL")));
});

/** Resolves with the error code if nothing listens. */
function connectionCode(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve("connected"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
  });
}

describe("demo", () => {
  it("has a price within 30 s on a busy machine, marked as a simulation, with new points", async () => {
    const service = await ServiceProcess.listening(["demo"]);
    running.push(service);
    const { elapsedMs } = await eventually(
      "a price",
      () => service.price(),
      (price) => price.price !== null,
    );
    expect(elapsedMs).toBeLessThan(30_000);
    expect(await service.price()).toMatchObject({ source: "simulation" });
    expect((await service.get("/")).text).toContain("<!doctype html>");

    const socket = new WebSocket(`${service.url.replace("http", "ws")}/ws/mempool`);
    let points = 0;
    let seq: number | null = null;
    let unbroken = true;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { type: string };
      if (message.type !== "mempool_update") return;
      const update = checkMempoolUpdate(message).data;
      if (!update.snapshot) unbroken &&= seq !== null && update.seq === seq + 1;
      seq = update.seq;
      if (update.snapshot) return;
      points += update.transactions.length;
    });
    await eventually(
      "new points",
      () => points,
      (count) => count >= 5,
    );
    expect(unbroken).toBe(true);
    socket.close();
  });

  it.each(["SIGINT", "SIGTERM"] as const)("exits with 0 and closes its port on %s", async (signal) => {
    const service = await ServiceProcess.listening(smallDemo);
    running.push(service);
    const socket = new WebSocket(`${service.url.replace("http", "ws")}/ws/mempool`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("message", resolve));
    const start = performance.now();
    const end = await service.stop(signal);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(end).toMatchObject({ exitCode: 0, signal: null, stdout: "" });
    expect(await closed).toBe(1001);
    expect(await connectionCode(service.url)).toBe("ECONNREFUSED");
  });
});
