import { spawn } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually, ServiceProcess } from "../../apps/live/test/e2e/service-process.ts";

const script = fileURLToPath(new URL("../recipes/alerts/price-alert.mjs", import.meta.url));

/** A server that keeps the bodies it receives, as ntfy or a webhook does. */
async function receiver(): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      bodies.push(body);
      response.end();
    });
  });
  return { url: await listen(server), bodies };
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function alertOn(words: readonly string[]): void {
  const child = spawn(process.execPath, [script, ...words], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
}

describe("the alert recipe", () => {
  it("reports each crossing of a limit once, and only reliable prices", async () => {
    const clients: ServerResponse[] = [];
    const stream = await listen(
      createServer((_request, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        clients.push(response);
        tick({ price: 99_000, status: "ok", source: "node", snapshot: true });
      }),
    );
    const tick = (data: object): void => {
      for (const client of clients) client.write(`data: ${JSON.stringify({ type: "mempool_update", data })}\n\n`);
    };
    const { url, bodies } = await receiver();
    alertOn(["--url", stream, "--ntfy", url, "--above", "100000", "--status"]);
    await eventually(
      "a client",
      () => clients.length,
      (count) => count > 0,
    );
    tick({ price: 101_000 });
    tick({ price: 102_000 });
    tick({ price: 90_000 });
    // A doubtful price above the limit.
    tick({ price: 105_000, status: "low_confidence" });
    tick({ price: 100_500, status: "ok" });
    await eventually(
      "all alerts",
      () => bodies.length,
      (count) => count >= 4,
    );
    expect(bodies).toEqual([
      "Bitcoin above $100000: $101000",
      "Bitcoin price: status ok → low_confidence",
      "Bitcoin price: status low_confidence → ok",
      "Bitcoin above $100000: $100500",
    ]);
  });

  it("reads the stream of the real service, and marks a simulated price", async () => {
    const service = await ServiceProcess.listening(["demo"]);
    onTestFinished(async () => void (await service.stop("SIGKILL")));
    const { url, bodies } = await receiver();
    alertOn(["--url", service.url, "--webhook", url, "--above", "1"]);
    await eventually(
      "an alert",
      () => bodies.length,
      (count) => count > 0,
      60_000,
    );
    expect(JSON.parse(bodies[0] ?? "")).toEqual({
      text: expect.stringMatching(/^Bitcoin above \$1: \$\d+ \(simulation\)$/),
      price: expect.any(Number),
      status: "ok",
      timestamp: expect.any(Number),
    });
  });
});
