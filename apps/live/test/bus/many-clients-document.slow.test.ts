import { readFileSync } from "node:fs";
import { needs } from "@utxoracle/testkit";
import { expect, it, onTestFinished } from "vitest";
import { loadNatsPackages } from "../../src/relay/bus/nats-packages.ts";
import { eventually, ServiceProcess } from "../e2e/service-process.ts";
import { NatsProcess } from "./nats-process.ts";

const DOCUMENT = new URL("../../../../docs/many-clients.md", import.meta.url);

/** First code block of the document in a language. */
function block(language: "sh" | "conf"): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(readFileSync(DOCUMENT, "utf8"))?.[1] ?? "";
}

/** Commands of the document without comments. */
function commands(): readonly string[] {
  return block("sh")
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +#.*$/, ""));
}

it("the commands of docs/many-clients.md join an edge to an analyzer", needs("nats-server"), async () => {
  const [server, analyzer = "", edge = "", ...others] = commands();
  expect(others).toEqual([]);
  expect(server).toBe("nats-server -js");
  const nats = await NatsProcess.start();
  onTestFinished(() => nats.dispose());
  const run = async (command: string): Promise<ServiceProcess> => {
    const [program, ...words] = command
      .replace("nats://10.0.0.5:4222", nats.url)
      .replace(/ --port \d+/, "")
      .split(" ");
    expect(program).toBe("utxoracle-live");
    expect(words).toContain(nats.url);
    const service = await ServiceProcess.listening(words);
    onTestFinished(async () => void (await service.stop()));
    return service;
  };
  await run(`${analyzer} --analyzer-name documented`);
  const joined = await run(edge);
  await eventually(
    "the analyzer's state at the edge",
    async () => (await joined.get("/metrics")).text,
    (metrics) => metrics.includes('utxoracle_edge_analyzer_info{analyzer="documented",'),
  );
});

it("an edge with the permissions of docs/many-clients.md can read but not publish", needs("nats-server"), async () => {
  const nats = await NatsProcess.start({ configuration: block("conf") });
  onTestFinished(() => nats.dispose());
  const run = async (command: readonly string[], user: string, password: string): Promise<ServiceProcess> => {
    const words = [...command, "--bus", nats.url, "--bus-user", user];
    const service = await ServiceProcess.listening(words, { UTXORACLE_BUS_PASSWORD: password });
    onTestFinished(async () => void (await service.stop()));
    return service;
  };
  await run([], "analyzer", "change-me");
  const edge = await run(["edge"], "edge", "change-me-too");
  await eventually(
    "the analyzer's updates at the edge",
    () => edge.price(),
    ({ source }) => source === "node",
  );
  const { transport } = await loadNatsPackages();
  const connection = await transport.connect({ servers: nats.url, user: "edge", pass: "change-me-too" });
  onTestFinished(() => connection.close());
  const refusals: string[] = [];
  void (async () => {
    for await (const status of connection.status())
      if (status.type === "error") refusals.push(String(status.error.message));
  })();
  const forbidden = ["utxoracle.v1.live", "$KV.utxoracle-v1.lease", "$JS.API.STREAM.DELETE.KV_utxoracle-v1"];
  const allowed = ["utxoracle.v1.clock.any", "utxoracle.v1.query.any"];
  for (const subject of [...allowed, ...forbidden]) connection.publish(subject, "{}");
  await eventually(
    "a refusal of each",
    () => refusals,
    (texts) => forbidden.every((subject) => texts.some((text) => text.includes(subject))),
  );
  // The server refuses in the order of the requests.
  for (const subject of allowed) expect(refusals.filter((text) => text.includes(subject))).toEqual([]);
});
