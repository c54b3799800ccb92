import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeRpcErrorCodes } from "@utxoracle/node-rpc";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const document = readFileSync(join(root, "docs/node.md"), "utf8");
const source = join(root, "apps/live/src");

/** Codes that the sources write out; those put together from parts are named below. */
function writtenCodes(): string[] {
  const folders = ["ingest", "sync", "chain"].map((name) => join(source, name));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  files.push(join(source, "state/readiness.ts"));
  return files.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/\bcode: "([a-z_]+)"/g)].map(([, code]) => String(code)),
  );
}

/** What no call of the service can end with: mistakes of a program, and its own end. */
const impossible: ReadonlySet<string> = new Set(["invalid_option", "aborted", "closed"]);

describe("the document on the node side", () => {
  it("explains every code of /health/ready that a feed can give", () => {
    const rpc = nodeRpcErrorCodes.filter((code) => !impossible.has(code)).map((code) => `rpc_${code}`);
    const connecting = ["refused", "unresolved", "silent", "not_zmq", "no_socket"].map((problem) => `zmq_${problem}`);
    const unpublished = ["rawtx", "rawblock", "sequence"].map((topic) => `topic_${topic}_unpublished`);
    const codes = [...writtenCodes(), ...rpc, ...connecting, ...unpublished, "no_rawblock", "no_sequence"];
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !document.includes(`\`${code}\``))).toEqual([]);
  });
});
