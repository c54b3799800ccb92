import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { bodyOf, Publisher } from "./publisher.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const packageDirectory = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageDirectory, "README.md"), "utf8");
const file = temporaryFolder();

function run(example: string, ...parameters: string[]): ChildProcessByStdio<null, Readable, null> {
  const args = ["--conditions=@utxoracle/source", "--import", "tsx", join("examples", example), ...parameters];
  const child = spawn(process.execPath, args, { cwd: packageDirectory, stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function publisher(): Promise<Publisher> {
  const node = await Publisher.bind();
  onTestFinished(() => node.close());
  return node;
}

describe("the README", () => {
  it.each(["listen.ts", "record-and-replay.ts"])("contains the example %s", (example) => {
    expect(readme).toContain(`\`\`\`ts\n${readFileSync(join(packageDirectory, "examples", example), "utf8")}\`\`\``);
  });
});

describe("the examples", () => {
  it("listen until interrupted", async () => {
    const node = await publisher();
    const child = run("listen.ts", node.endpoint);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    await node.subscribed(2);
    await node.publish("rawtx", bodyOf(1, 222));
    expect((await lines.next()).value).toBe("transaction of 222 bytes");
    child.kill("SIGINT");
    expect((await lines.next()).value).toBe("missed: 0");
    expect((await once(child, "close"))[0]).toBe(0);
  });

  it("record and replay", async () => {
    const node = await publisher();
    const child = run("record-and-replay.ts", node.endpoint, file("example.capture"), "3");
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    await node.subscribed();
    for (let number = 0; number < 3; number++) await node.publish("rawtx", bodyOf(number));
    for (let number = 0; number < 3; number++)
      expect((await lines.next()).value).toMatch(new RegExp(`^rawtx ${number} 20\\d\\d-`));
    expect((await lines.next()).done).toBe(true);
  });
});
