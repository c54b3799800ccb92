import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createNodeRpc } from "@utxoracle/node-rpc";
import { corpusPath, freePort, needs, RegtestNode, sampleTick } from "@utxoracle/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { documentPaths, type Fence, fencesOf } from "../src/document.ts";
import { EmptyProject } from "../src/empty-project.ts";
import { followDocument, type ReaderSurroundings } from "../src/follow-document.ts";
import { nodeProgram } from "../src/node-program.ts";
import { PackageRegistry } from "../src/package-registry.ts";
import { publishedPackages, repositoryRoot } from "../src/published-packages.ts";
import { missingParts } from "../src/readme-parts.ts";
import { checkedElsewhere, followed } from "./document-checks.ts";

const names = (fences: readonly Fence[]): string[] => fences.map(({ name }) => name);

it("every code block of every document is run or checked", () => {
  const present = documentPaths().flatMap((path) => names(fencesOf(path)).map((name) => `${path} > ${name}`));
  const known = [followed, checkedElsewhere].flatMap((list) =>
    Object.entries(list).flatMap(([path, blocks]) =>
      (Array.isArray(blocks) ? blocks : Object.keys(blocks)).map((name) => `${path} > ${name}`),
    ),
  );
  expect(known.sort()).toEqual(present.sort());
});

it("each test that checks a block names its document", () => {
  for (const [path, blocks] of Object.entries(checkedElsewhere))
    for (const [name, test] of Object.entries(blocks)) {
      expect(existsSync(join(repositoryRoot, test)), `${path} > ${name}: ${test}`).toBe(true);
      const sources = [test, join(dirname(test), "readme-examples.ts")].filter((file) =>
        existsSync(join(repositoryRoot, file)),
      );
      const text = sources.map((file) => readFileSync(join(repositoryRoot, file), "utf8")).join("");
      expect(text, `${test} does not name ${path}`).toContain(basename(path));
    }
});

/** The `bitcoin.conf` block of a document, with free ports. */
async function bitcoinConf(path: string): Promise<{ conf: string; ports: Record<string, string> }> {
  const shown = fencesOf(path).find(({ language }) => language === "ini")?.text ?? "";
  const ports: Record<string, string> = {};
  for (const [address] of shown.matchAll(/127\.0\.0\.1:\d+/g)) ports[address] ??= `127.0.0.1:${await freePort()}`;
  const conf = Object.entries(ports).reduce((text, [usual, free]) => text.replaceAll(usual, free), shown);
  return { conf, ports };
}

/** Starts a real node with exactly the document's lines. */
async function nodeBy(project: EmptyProject, conf: string): Promise<RegtestNode> {
  project.write("bitcoin.conf", conf);
  const node = await RegtestNode.start({ topics: [], extraArguments: [`-conf=${project.path("bitcoin.conf")}`] });
  onTestFinished(() => node.remove());
  return node;
}

/**
 * A node does not report its subscribers, so this sends payments one by one until the program
 * prints something. Sent payments are removed from the list.
 */
async function sendUntilSeen(
  node: RegtestNode,
  payments: Parameters<RegtestNode["send"]>[0][number][],
  printed: AsyncIterator<string>,
): Promise<void> {
  const something = printed.next();
  for (let seen = false; !seen; ) {
    if (payments.length === 0) throw new Error("the program printed nothing");
    await node.send(payments.splice(0, 1));
    seen = await Promise.race([something.then(() => true), patience()]);
  }
}

const patience = (): Promise<false> => new Promise((resolve) => setTimeout(resolve, 3000, false));

let registry: PackageRegistry;
beforeAll(async () => {
  registry = await PackageRegistry.start();
});
afterAll(() => registry?.close());

describe("following the README", () => {
  /** An empty folder with a Node.js that runs TypeScript. */
  function emptyFolder(): EmptyProject {
    const project = new EmptyProject(registry, nodeProgram(24), null);
    onTestFinished(() => project.remove());
    return project;
  }

  async function follow(path: string, project: EmptyProject, surroundings?: ReaderSurroundings): Promise<void> {
    const wanted = followed[path] ?? [];
    const fences = fencesOf(path).filter(({ name, language }) => wanted.includes(name) && language !== "ini");
    expect(await followDocument(project, fences, surroundings)).toEqual(names(fences));
  }

  it("of models", () => follow("packages/models/README.md", emptyFolder()));

  it("of models with `npx tsx`, on a Node.js that does not run TypeScript", async () => {
    const project = new EmptyProject(registry, nodeProgram(20), null);
    onTestFinished(() => project.remove());
    expect((await project.succeed("node", ["--version"])).startsWith("v20.")).toBe(true);
    // npx asks before it downloads.
    await follow("packages/models/README.md", project, { replaced: { "node check.mts": "npx --yes tsx check.mts" } });
  });

  it("of stream-server", () => follow("packages/stream-server/README.md", emptyFolder()));

  it("of tx-parser", () => follow("packages/tx-parser/README.md", emptyFolder()));

  it("of estimator", needs("corpus"), async () => {
    const project = emptyFolder();
    const transactions = gunzipSync(readFileSync(corpusPath("mempool/2024-03-14.rawtx.hex.gz")));
    project.write("transactions.hex", transactions);
    // Estimates are deterministic to the last digit.
    await follow("packages/estimator/README.md", project);
  });

  it("of node-rpc", needs("bitcoind"), async () => {
    const project = emptyFolder();
    const node = await RegtestNode.start();
    onTestFinished(() => node.remove());
    await node.send(
      await node.preparePayments([
        [10_000, 20_000],
        [30_000, 40_000],
      ]),
    );
    await follow("packages/node-rpc/README.md", project, {
      replaced: { "node recent-mempool.mts": `node recent-mempool.mts ${node.rpcUrl} ${node.cookiePath}` },
    });
  });

  it("of block-source", needs("bitcoind"), async () => {
    const project = emptyFolder();
    const node = await RegtestNode.start();
    onTestFinished(() => node.remove());
    await node.send(
      await node.preparePayments([
        [10_000, 20_000],
        [30_000, 40_000],
      ]),
    );
    await node.mine(1);
    await follow("packages/block-source/README.md", project, {
      replaced: { "node last-blocks.mts": `node last-blocks.mts ${node.rpcUrl} ${node.cookiePath}` },
    });
  });

  it("of zmq-source", needs("bitcoind"), async () => {
    const project = emptyFolder();
    const { conf, ports } = await bitcoinConf("packages/zmq-source/README.md");
    const node = await nodeBy(project, conf);
    const payments = await node.preparePayments(new Array(100).fill([10_000, 20_000]));
    await follow("packages/zmq-source/README.md", project, {
      replaced: ports,
      tolerance: Number.POSITIVE_INFINITY,
      whileRunning: {
        "node listen.mts": async (printed) => {
          await sendUntilSeen(node, payments, printed);
          await node.send(payments.splice(0, 1));
          await printed.next();
        },
        "node record-and-replay.mts tcp://127.0.0.1:28332 feed.capture 2": async (printed) => {
          await sendUntilSeen(node, payments, printed);
          while (!(await printed.next()).done);
        },
      },
    });
  });

  it("of viz, until Ctrl-C", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    const tick = (seq: number, price: number): string =>
      JSON.stringify(sampleTick({ price, seq, snapshot: seq === 1 }));
    server.on("connection", (socket) => {
      socket.send(tick(1, 113_600.5));
      socket.send(tick(2, 113_604.2));
    });
    await follow("packages/viz/README.md", emptyFolder(), {
      replaced: { "ws://127.0.0.1:8000": `ws://127.0.0.1:${(server.address() as { port: number }).port}` },
      whileRunning: {
        "node price-in-terminal.mts": async (printed) => {
          let text = "";
          while (text.split("\n").length <= 2) text += (await printed.next()).value;
        },
      },
    });
  });
});

it("the root README's bitcoin.conf lines configure the node's topics", needs("bitcoind"), async () => {
  const { conf, ports } = await bitcoinConf("README.md");
  const project = new EmptyProject(registry);
  onTestFinished(() => project.remove());
  const node = await nodeBy(project, conf);
  const reported = (await node.rpc("getzmqnotifications")) as { type: string; address: string; hwm: number }[];
  const expected = [
    ["pubrawtx", ports["127.0.0.1:28332"], 0],
    ["pubrawblock", ports["127.0.0.1:28333"], 1000],
    ["pubsequence", ports["127.0.0.1:28334"], 0],
  ].map(([type, address, hwm]) => ({ type, address: `tcp://${address}`, hwm }));
  expect(reported.sort((one, other) => one.address.localeCompare(other.address))).toEqual(
    expected.sort((one, other) => one.address.localeCompare(other.address)),
  );
});

it("the user of docs/security.md may make the service's calls only", needs("bitcoind"), async () => {
  const shown = fencesOf("docs/security.md").find(({ name }) => name === "The node's credentials")?.text ?? "";
  const salt = "00112233445566778899aabbccddeeff";
  const hash = createHmac("sha256", salt).update("password").digest("hex");
  const folder = mkdtempSync(join(tmpdir(), "credentials-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "bitcoin.conf"), shown.replace("SALT$HASH", `${salt}$${hash}`));
  const node = await RegtestNode.start({ topics: [], extraArguments: [`-conf=${join(folder, "bitcoin.conf")}`] });
  onTestFinished(() => node.remove());
  const rpc = createNodeRpc({ url: node.rpcUrl, auth: { user: "utxoracle", password: "password" } });
  onTestFinished(() => rpc.close());
  const { bestBlockHash, blocks } = await rpc.getBlockchainInfo();
  await rpc.getNetworkInfo();
  await rpc.getMempoolInfo();
  await rpc.getZmqNotifications();
  await rpc.getUptime();
  await rpc.getBlockHash(blocks);
  await rpc.getBlockHeader(bestBlockHash);
  await rpc.getBlock(bestBlockHash);
  await rpc.getRawMempool();
  await rpc.getActivity();
  for await (const entry of rpc.getMempoolEntries()) expect(entry).toBeDefined();
  await expect(rpc.call("stop")).rejects.toMatchObject({ code: "forbidden" });
  await expect(rpc.call("sendrawtransaction", ["00"])).rejects.toMatchObject({ code: "forbidden" });
});

describe("the READMEs of the published packages", () => {
  it.each(publishedPackages.map(({ name, folder }) => ({ name, readme: join(folder, "README.md") })))(
    "$name: has all required parts",
    ({ readme }) => expect(missingParts(readFileSync(readme, "utf8"))).toEqual([]),
  );

  it("are rejected if a part is missing", () => {
    const whole = readFileSync(join(repositoryRoot, "packages/node-rpc/README.md"), "utf8");
    const lacking: [taken: RegExp, part: string][] = [
      [/^# .*$/m, "its name as the title, and a line that says what it is"],
      [/^npm install.*$/m, "a line to install or run it"],
      [/^```text[\s\S]*?^```$/m, "an example with its output"],
      [/^## Options[\s\S]*?(?=^## )/m, "options, or that it has none"],
      [/^\| `(invalid_option|unreachable)`[\s\S]*?(?=^## )/m, "errors, each with its meaning"],
      [/^## Limits[\s\S]*?(?=^MIT)/m, "limits"],
      [/^## Compatibility$/m, "compatibility"],
      [/^Size:.*$/m, "size"],
      [/^MIT licen[cs]e\.$/m, "license"],
    ];
    for (const [taken, part] of lacking) {
      expect(whole).toMatch(taken);
      expect(missingParts(whole.replace(taken, ""))).toEqual([part]);
    }
    const noOptions = whole.replace(/^## Options[\s\S]*?(?=^## )/m, "## Options\n\nNo options.\n\n");
    expect(missingParts(noOptions)).toEqual([]);
  });
});
