import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/logging/create-logger.ts";
import { createStreamLog } from "../../src/logging/stream-log.ts";

/** A log that is kept line by line. */
function recorded(format: "json" | "pretty" = "json", level: "debug" | "info" = "info") {
  const lines: string[] = [];
  const logger = createLogger({ format, level, stream: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe("the log", () => {
  it("is one JSON object a line with time, level and message", () => {
    const { logger, entries } = recorded();
    logger.info({ port: 8000 }, "listening");
    logger.debug("not at this level");
    expect(entries()).toEqual([
      { level: "info", time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), port: 8000, msg: "listening" },
    ]);
  });

  it("is one readable line on a terminal", () => {
    const { logger, lines } = recorded("pretty");
    logger.warn({ reason: "origin" }, "connection refused");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/WARN.*connection refused.*origin/);
  });

  it.each([
    ["a field that is a password", { rpcPassword: "hunter2" }, "x"],
    ["a field deep inside", { node: { rpc: { cookie: "hunter2" } } }, "x"],
    ["a header", { headers: { Authorization: "Basic hunter2" } }, "x"],
    ["a URL in a field", { url: "http://alice:hunter2@127.0.0.1:8332/" }, "x"],
    ["a URL in the message", {}, "cannot reach http://alice:hunter2@127.0.0.1:8332"],
    ["a URL in an error", { err: new Error("no http://a:hunter2@h:1", { cause: new Error("ws://b:hunter2@h") }) }, "x"],
    ["a list", { urls: ["http://alice:hunter2@127.0.0.1"] }, "x"],
  ])("never shows a secret: %s", (_name, fields, message) => {
    for (const format of ["json", "pretty"] as const) {
      const { logger, lines } = recorded(format);
      logger.error(fields, message);
      expect(lines.join("")).not.toContain("hunter2");
      expect(lines.join("")).toContain("[redacted]");
    }
  });

  it("never shows a secret of an error logged alone", () => {
    const { logger, lines } = recorded();
    logger.error(new Error("refused by http://alice:hunter2@127.0.0.1:8332"));
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain("refused by http://[redacted]@127.0.0.1:8332");
  });

  it("keeps code, trace and cause of an error", () => {
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
  it("writes a flood of refusals as one line and counts the rest in the next", () => {
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

  it("says nothing of readers who come and go, and why it closed one", () => {
    const { logger, entries } = recorded();
    const log = createStreamLog(logger);
    const client = { client: 7, kind: "websocket", address: "10.0.0.1" } as const;
    log({ type: "client_connected", ...client });
    log({ type: "client_closed", ...client, cause: "client", code: 1000, connectedMs: 1, droppedUpdates: 0 });
    log({ type: "client_closed", ...client, cause: "slow_reader", code: 1013, connectedMs: 1, droppedUpdates: 9 });
    expect(entries()).toEqual([expect.objectContaining({ cause: "slow_reader", code: 1013, dropped_updates: 9 })]);
  });
});
