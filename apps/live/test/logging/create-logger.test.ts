import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { createLogger } from "../../src/logging/create-logger.ts";
import { createStreamLog } from "../../src/logging/stream-log.ts";

/** Creates a log that collects its lines. */
function recorded(format: "json" | "pretty" = "json", level: "debug" | "info" = "info") {
  const lines: string[] = [];
  const logger = createLogger({ format, level, stream: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("the log", () => {
  it("writes one JSON object per line, with time, level and message", () => {
    const { logger, entries } = recorded();
    logger.info({ port: 8000 }, "listening");
    logger.debug("not at this level");
    expect(entries()).toEqual([
      { level: "info", time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), port: 8000, msg: "listening" },
    ]);
  });

  it("writes one readable line on a terminal", () => {
    const { logger, lines } = recorded("pretty");
    logger.warn({ reason: "origin" }, "connection refused");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/WARN.*connection refused.*origin/);
  });

  it("never prints a secret", () => {
    for (const format of ["json", "pretty"] as const) {
      const { logger, lines } = recorded(format);
      const secret = new Secret("hunter2");
      logger.error({ secret, deep: { list: [secret], map: { secret } } }, `refused ${secret}`);
      logger.error({ err: Object.assign(new Error(`no ${secret}`, { cause: secret }), { secret }) }, "x");
      logger.error("%s %o %j", secret, secret, secret);
      logger.error(new Error(String(secret)));
      expect(lines).toHaveLength(4);
      expect(lines.join("")).not.toContain("hunter2");
      expect(lines.join("")).toContain("[secret]");
    }
    const printed = [inspect(new Secret("hunter2"), { showHidden: true, customInspect: false, depth: 9 })];
    printed.push(
      JSON.stringify({ a: new Secret("hunter2") }),
      `${new Secret("hunter2")}`,
      inspect(new Secret("hunter2")),
    );
    expect(printed.join()).not.toContain("hunter2");
  });

  it("truncates long texts in linear time", () => {
    const long = "a.".repeat(400_000);
    for (const format of ["json", "pretty"] as const) {
      const { logger, lines } = recorded(format);
      logger.error({ text: long, err: new Error(long, { cause: new Error(long) }) }, long);
      logger.error(new Error(long));
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(line.length).toBeLessThan(20_000);
    }
  });

  it("prints code, stack and cause of an error", () => {
    const { logger, entries } = recorded();
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    logger.error({ err: new Error("node unreachable", { cause }) }, "no node");
    expect(entries()[0]).toMatchObject({
      err: {
        message: "node unreachable",
        stack: expect.stringContaining("create-logger.test"),
        cause: { code: "ECONNREFUSED" },
      },
    });
  });
});

describe("the stream's log", () => {
  it("writes one line for a flood of refusals, and counts the others", () => {
    const { logger, entries } = recorded();
    let now = 0;
    const log = createStreamLog(logger, () => now);
    const refusal = { type: "connection_refused", reason: "origin", status: 403, address: "10.0.0.1" } as const;
    for (let count = 0; count < 1000; count++) log(refusal);
    now = 10_000;
    log(refusal);
    expect(entries()).toEqual([
      expect.objectContaining({ level: "warn", reason: "origin", msg: "connection refused" }),
      expect.objectContaining({ reason: "origin", also_since_last_line: 999 }),
    ]);
  });

  it("omits normal disconnects, and gives the reason of a forced one", () => {
    const { logger, entries } = recorded();
    const log = createStreamLog(logger);
    const client = { client: 7, kind: "websocket", address: "10.0.0.1" } as const;
    log({ type: "client_connected", ...client });
    log({ type: "client_closed", ...client, cause: "client", code: 1000, connectedMs: 1, droppedUpdates: 0 });
    log({ type: "client_closed", ...client, cause: "slow_reader", code: 1013, connectedMs: 1, droppedUpdates: 9 });
    expect(entries()).toEqual([expect.objectContaining({ cause: "slow_reader", code: 1013, dropped_updates: 9 })]);
  });
});
