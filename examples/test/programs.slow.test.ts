import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { fencesOf, outputDeviation, PackageRegistry } from "@utxoracle/release";
import { generateTransactions, publishTransactions } from "@utxoracle/simulator";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { commandsUnder, exampleProject, lineOf } from "./example-project.ts";
import { tick } from "./tick.ts";

// The programs of examples/README.md, run in empty folders with the packed packages.
let registry: PackageRegistry;
beforeAll(async () => {
  registry = await PackageRegistry.start();
});
afterAll(() => registry?.close());

describe("a price from a CSV file", () => {
  it("prints the README's output", async () => {
    const [install = "", run = ""] = commandsUnder("A price from a CSV file");
    const project = await exampleProject(registry, "price-from-csv", install);
    onTestFinished(() => project.remove());
    const printed = await project.succeed("sh", ["-c", run]);
    const shown = fencesOf("examples/README.md").find(({ name }) => name === "A price from a CSV file (2)")?.text ?? "";
    // Deterministic to the dollar.
    expect(outputDeviation(shown, printed)).toBe(null);
    // As StackBlitz starts it.
    expect(await project.succeed("npm", ["start", "--silent"])).toBe(printed);

    expect(await project.run("node", ["price.mjs", "payments.csv", "amount"])).toMatchObject({
      exitCode: 1,
      stderr: 'payments.csv has no column "amount"; it has: time,amount_btc\n',
    });
    expect(await project.run("node", ["price.mjs", "payment.csv"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^payment\.csv cannot be read: ENOENT[^\n]*\n$/),
    });
    project.write("cut.csv", "time,amount_btc\n2026-01-05T09:00:01Z,0.001\n2026-01-05T09:00:02Z,\n");
    const cut = await project.run("node", ["price.mjs", "cut.csv"]);
    expect(cut.exitCode).toBe(1);
    expect(cut.stderr).toMatch(/^cut\.csv: amountsBtc\[1\] is NaN/);
  });
});

describe("a webhook for the price", () => {
  it("gets price moves and status changes in order, with retries", async () => {
    const [install = "", run = ""] = commandsUnder("A webhook for the price");
    const project = await exampleProject(registry, "price-webhook", install);
    onTestFinished(() => project.remove());

    const posts: { price: number | null; status: string }[] = [];
    let refused = 0;
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      // The receiver refuses the first attempt.
      if (refused === 0) {
        refused += 1;
        response.writeHead(503).end();
        return;
      }
      posts.push(JSON.parse(body));
      response.end();
      receiver.emit("post");
    });
    const stream = new WebSocketServer({ server: createServer(), path: "/ws/mempool" });
    const streamServer = createServer();
    streamServer.on("upgrade", (request, socket, head) =>
      stream.handleUpgrade(request, socket, head, (client) => stream.emit("connection", client)),
    );
    for (const server of [receiver, streamServer]) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
    }
    const portOf = (server: typeof receiver): number => (server.address() as AddressInfo).port;
    const command = run.replace(":8000", `:${portOf(streamServer)}`).replace(":9000", `:${portOf(receiver)}`);
    const program = project.start("sh", ["-c", `exec ${command}`]);
    onTestFinished(() => void program.kill("SIGKILL"));
    program.stdout?.resume();
    program.stderr?.resume();

    const [client] = (await once(stream, "connection")) as [import("ws").WebSocket];
    for (const [index, [price, status]] of [
      [87_300, "ok"],
      [87_400, "ok"], // 0.1 %: below the threshold
      [88_400, "ok"],
      [88_400, "stale"],
      [88_300, "ok"],
    ].entries())
      client.send(tick({ seq: index + 1, snapshot: index === 0, price: Number(price), status: String(status) }));
    while (posts.length < 4) await once(receiver, "post");
    expect(posts.map(({ price, status }) => [price, status])).toEqual([
      [87_300, "ok"],
      [88_400, "ok"],
      [88_400, "stale"],
      [88_300, "ok"],
    ]);
    const closed = once(program, "close");
    program.kill("SIGTERM");
    expect((await closed)[0]).toBe(0);
  });
});

describe("a price inside another process", () => {
  it("comes from a node's feed, and nothing is sold without it", async () => {
    const [install = "", run = ""] = commandsUnder("A price inside another process");
    const project = await exampleProject(registry, "embedded-price", install);
    onTestFinished(() => project.remove());

    // A shop whose node is unavailable.
    const lonely = project.start("node", ["shop.mjs", "tcp://127.0.0.1:9", "0"]);
    onTestFinished(() => void lonely.kill("SIGKILL"));
    const refusal = await fetch(await lineOf(lonely.stdout, /^http/));
    expect([refusal.status, await refusal.json()]).toEqual([503, { error: "no price", status: "no_estimate" }]);

    // Two hours in a dozen seconds: the shop's clock runs as fast as its node.
    const transactionsPerSecond = 2000;
    // A calm day: after a larger move the price is `low_confidence` now and then, and when depends
    // on how the test's clock lies against the tracker's blocks of time.
    const generated = [...generateTransactions({ seed: "shop", count: 22_000, volatility: 0.2 })];
    const [first, last] = [generated[0], generated.at(-1)] as [(typeof generated)[0], (typeof generated)[0]];
    const speed = (last.timestamp - first.timestamp) / (generated.length / transactionsPerSecond);
    const truth = last.price;
    project.write(
      "clock.mjs",
      `const { now } = Date; const start = now(); Date.now = () => start + (now() - start) * ${speed};`,
    );
    let addressKnown: (address: string) => void = () => undefined;
    const endpoint = new Promise<string>((resolve) => {
      addressKnown = resolve;
    });
    const stopping = new AbortController();
    const published = publishTransactions({
      transactions: generated.map(({ rawBytes }) => rawBytes),
      transactionsPerSecond,
      onListening: addressKnown,
      signal: stopping.signal,
    });
    const command = run.replace("tcp://127.0.0.1:28332", await endpoint).replace(" 8080", " 0");
    const program = project.start("sh", ["-c", `exec ${command}`], {
      NODE_OPTIONS: `--import=${pathToFileURL(project.path("clock.mjs"))}`,
    });
    onTestFinished(() => {
      stopping.abort();
      program.kill("SIGKILL");
    });
    program.stderr?.resume();
    const address = await lineOf(program.stdout, /^http/);
    expect((await fetch(address.replace("/price/25", "/price/cheap"))).status).toBe(404);
    await published;
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    const sold = (await answer.json()) as { btc: number; price: number };
    expect(Math.abs(sold.price / truth - 1)).toBeLessThan(0.02);
    expect(sold.btc).toBeCloseTo(25 / sold.price, 8);
    const closed = once(program, "close");
    program.kill("SIGTERM");
    expect((await closed)[0]).toBe(0);
  });
});
