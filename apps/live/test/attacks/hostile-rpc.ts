import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attack } from "./attack.ts";
import { attackByNode, flood } from "./hostile-node.ts";

/** Endless responses to a short call. */
export const endlessRpcAnswer: Attack = attackByNode({
  name: "endless-rpc-answer",
  title: "a node that answers a short call with 2 GB, and with lists within lists",
  code: "rpc_answer_too_large",
  answer: (method, response) => {
    if (method === "getblockchaininfo") flood(response, '{"result":', "[");
    else if (method === "getnetworkinfo") flood(response, '{"result":"', "a");
    else return false;
    return true;
  },
});

/** An endless mempool list of valid entries. */
export const endlessMempool: Attack = attackByNode({
  name: "endless-mempool",
  soakOnly: true,
  title: "a node whose list of the mempool has no end",
  code: "rpc_answer_too_large",
  answer: (method, response) => {
    if (method !== "getrawmempool") return false;
    const time = Math.floor(Date.now() / 1000);
    const entry = `{"time":${time},"vsize":200,"fees":{"base":0.00001},"depends":[],"ancestorcount":1}`;
    flood(response, `{"result":{"${"ab".repeat(32)}":${entry}`, `,"${"cd".repeat(32)}":${entry}`);
    return true;
  },
});

/** Oversized transactions and blocks. */
export const endlessTransaction: Attack = attackByNode({
  name: "endless-transaction",
  soakOnly: true,
  title: "a node whose transactions and blocks have no end",
  code: "rpc_answer_too_large",
  answer: (method, response) => {
    if (method === "batch") flood(response, '[{"id":0,"error":null,"result":"', "ab");
    else if (method === "getblock") flood(response, '{"result":"', "ab");
    else return false;
    return true;
  },
});

/** An error text that would make a naive search for credentials take minutes. */
export const longRpcError: Attack = attackByNode({
  name: "long-rpc-error",
  soakOnly: true,
  title: "a node whose errors have 800 kB of text",
  code: "rpc_rpc_error",
  answer: (method, response) => {
    if (method !== "getblockchaininfo") return false;
    response.end(JSON.stringify({ result: null, error: { code: -1, message: "a.".repeat(400_000) }, id: 0 }));
    return true;
  },
});

/** Responses sent byte by byte. */
export const tricklingRpc: Attack = attackByNode({
  name: "trickling-rpc",
  soakOnly: true,
  title: "a node that sends a byte a second",
  code: "rpc_timeout",
  answers: 3,
  answer: (method, response) => {
    if (method !== "getblockchaininfo") return false;
    const timer = setInterval(() => response.write(" "), 1000);
    response.once("close", () => clearInterval(timer));
    return true;
  },
});

/** A chain name that is a path out of the data folder. */
export const chainNameAsPath: Attack = attackByNode({
  name: "chain-name-as-path",
  soakOnly: true,
  title: "a node on chain x/../../evil, with --data-dir",
  code: "rpc_bad_answer",
  setUp: () => {
    const folder = mkdtempSync(join(tmpdir(), "chain-name-"));
    return {
      words: ["--data-dir", join(folder, "a", "b")],
      check: () => {
        const files = readdirSync(folder, { recursive: true }).map(String);
        rmSync(folder, { recursive: true });
        if (files.some((name) => name.includes("evil"))) throw new Error(`wrote ${files.join(", ")}`);
      },
    };
  },
  answer: (method, response, honest) => {
    if (method !== "getblockchaininfo") return false;
    void honest().then((text) => response.end(text.replace(/"chain":"\w+"/, '"chain":"x/../../evil"')));
    return true;
  },
});
