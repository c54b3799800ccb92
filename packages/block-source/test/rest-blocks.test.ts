import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { BlockSourceError } from "../src/error.ts";
import { RestBlocks } from "../src/rest-blocks.ts";

// What answers at the node's REST address may be anything: names are checked, answers bounded.

const hash = "ab".repeat(32);
const info = {
  chain: "main",
  blocks: 900_000,
  headers: 900_000,
  initialblockdownload: false,
  verificationprogress: 1,
  pruned: false,
};

async function serve(answer: (response: ServerResponse) => void): Promise<RestBlocks> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new RestBlocks(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function failure(promise: Promise<unknown>): Promise<BlockSourceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BlockSourceError)) throw new Error(`expected a BlockSourceError, got ${error}`);
  expect(error.message.length).toBeLessThan(500);
  return error;
}

const sendEndlessly = (response: ServerResponse): void => {
  const more = (): void => void (response.destroyed || response.write("[".repeat(65_536), more));
  more();
};

describe("a node's REST interface", () => {
  it.each([
    ["a chain's name that is a path", { chain: "x/../../evil" }],
    ["a chain's name with control characters", { chain: "main\u001b[2J" }],
    ["a height beyond all heights", { blocks: 2 ** 53 - 1 }],
    ["a share beyond all shares", { verificationprogress: 1e300 }],
  ])("is rejected with %s, not used as enabled", async (_, changes) => {
    const rest = await serve((response) => void response.end(JSON.stringify({ ...info, ...changes })));
    expect(await failure(rest.tip())).toMatchObject({ code: "refused" });
    expect(await rest.isEnabled()).toBe(false);
  });

  it("is rejected if the response is endless", async () => {
    const rest = await serve(sendEndlessly);
    expect((await failure(rest.tip())).message).toContain("more than 1048576 bytes");
    const place = { height: 1, hash, previousHash: null, time: 1 };
    expect((await failure(rest.block(place))).message).toContain("more than 4000000 bytes");
  });

  it("is quoted in an error truncated and in one line", async () => {
    const text = `\u001b[2Jno\n1\u2028 2\u2029 3\u0085 4\u202e5 ${"a.".repeat(50_000)}`;
    const rest = await serve((response) => void response.writeHead(500).end(text));
    const { message } = await failure(rest.tip());
    expect(message).toMatch(/answers 500: \[2Jno 1 {2}2 {2}3 {2}4 5 a\.a\./);
    expect(message.length).toBeLessThan(400);
  });
});
