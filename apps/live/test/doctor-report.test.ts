import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { finding } from "../src/chain/finding.ts";
import { confPathOf } from "../src/commands/doctor/locate-node.ts";
import { diagnosisText } from "../src/commands/doctor/report.ts";
import { loadSettings } from "../src/config/load.ts";
import { nodeAuth } from "../src/config/node-access.ts";

const message =
  "the node does not publish sequence: without it, replaced and evicted transactions are noticed late or stay until they expire";
const diagnosis = {
  ok: true,
  findings: [finding("topic_sequence", "warning", message)],
  bitcoinConf: [],
  answers: false,
  exitCode: 0,
} as const;
const context = {
  startCommand: "",
  secretVariables: [],
  confPath: null,
  dataFolder: null,
  otherDataFolder: null,
  written: null,
};

it("breaks the doctor's messages at the width of the terminal, and only there", () => {
  const lines = diagnosisText(diagnosis, context, { color: true, width: 80 }).split("\n");
  const plain = lines.map(stripVTControlCharacters);
  expect(plain.slice(0, 4)).toEqual([
    "warning  topic_sequence  the node does not publish sequence: without it,",
    "                         replaced and evicted transactions are noticed late or",
    "                         stay until they expire",
    "",
  ]);
  expect(diagnosisText(diagnosis, context)).toContain(`warning  topic_sequence  ${message}\n`);
});

it("shows checks that were skipped for one reason in one row", () => {
  const skipped = (["version", "chain", "synced"] as const).map((check) => finding(check, "unknown", "not checked"));
  const findings = [finding("rpc", "failed", "no node"), ...skipped, finding("feed_rawtx", "unknown", "no RPC")];
  expect(diagnosisText({ ...diagnosis, ok: false, findings }, context).split("\n")).toEqual([
    "FAILED   rpc             no node",
    "?        3 checks        not checked (version, chain, synced)",
    "?        feed_rawtx      no RPC",
    "",
    "1 problem, 4 checks skipped.",
    "",
  ]);
});

const settingsOf = (cookie: string) => loadSettings("serve", new Map([["rpc-cookie", cookie]]), {}, undefined).settings;

it("names the bitcoin.conf next to a cookie only in the data folder of a node", () => {
  const home = mkdtempSync(join(tmpdir(), "doctor-report-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const machine = { platform: "linux", home } as const;
  expect(confPathOf(settingsOf(join(home, ".cookie")), machine)).toBe(null);
  mkdirSync(join(home, "node", "regtest"), { recursive: true });
  writeFileSync(join(home, "node", "regtest", ".cookie"), "__cookie__:1");
  const conf = join(home, "node", "bitcoin.conf");
  expect(confPathOf(settingsOf(join(home, "node", "regtest", ".cookie")), machine)).toBe(conf);
  // As in a settings file, where no shell expands it.
  expect(nodeAuth(settingsOf("~/node"), machine)).toEqual({ cookiePath: join(home, "node", "regtest", ".cookie") });
  expect(confPathOf(settingsOf("~/node"), machine)).toBe(conf);
});
