import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { eventually, ServiceProcess } from "../e2e/service-process.ts";
import { hasNatsServer, NatsProcess } from "./nats-process.ts";

const DOCUMENT = new URL("../../../../docs/many-readers.md", import.meta.url);

/** The commands of the document's first block, without what is said about them. */
function commands(): readonly string[] {
  const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +#.*$/, ""));
}

it.skipIf(!hasNatsServer)("the commands of docs/many-readers.md join an edge to an analyser", async () => {
  const [server, analyser = "", edge = "", ...others] = commands();
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
  await run(`${analyser} --analyser-name documented`);
  const joined = await run(edge);
  const { answer } = await eventually(
    "the analyser's state at the edge",
    () => joined.ready(),
    ({ answer }) => answer.analyser != null,
  );
  expect(answer.answer.analyser?.name).toBe("documented");
});
