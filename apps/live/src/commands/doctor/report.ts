import { styleText } from "node:util";
import type { Finding } from "../../chain/finding.ts";
import { indentedLines } from "../cli/indented-lines.ts";
import type { Diagnosis } from "./diagnose.ts";

/** What the report shows besides the checks. */
export interface ReportContext {
  /** Command that starts the service with the checked settings. */
  readonly startCommand: string;
  /** Variables with passwords that the start command needs. */
  readonly secretVariables: readonly string[];
  /** Path of the node's bitcoin.conf; null: unknown. */
  readonly confPath: string | null;
  /** Data folder of a node that no setting names; null: none was looked for. */
  readonly dataFolder: string | null;
  /** Data folder of a node that answers, if that of the settings does not; null: none is known. */
  readonly otherDataFolder: string | null;
  /** Path of the settings file that was written; null: none. */
  readonly written: string | null;
}

type Color = "green" | "yellow" | "red" | "gray";
const MARKS = { ok: "ok     ", warning: "warning", failed: "FAILED ", unknown: "?      " } as const;
const COLORS: Readonly<Record<Finding["result"], Color>> = {
  ok: "green",
  warning: "yellow",
  failed: "red",
  unknown: "gray",
};

/** Where messages begin. */
const MESSAGE_COLUMN = 25;

/**
 * The diagnosis for people.
 * @param width columns of the terminal: messages are broken at spaces. Infinity: each is one line.
 */
export function diagnosisText(
  diagnosis: Diagnosis,
  context: ReportContext,
  { color = false, width = Number.POSITIVE_INFINITY } = {},
): string {
  const { findings, bitcoinConf, answers, ok } = diagnosis;
  const paint = (style: Color, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const lines = rowsOf(findings).flatMap(({ name, result, message }) => {
    const mark = MARKS[result];
    const head = `${mark}  ${name.padEnd(14)}  `;
    const [first = head, ...rest] = indentedLines(message, width, head, " ".repeat(MESSAGE_COLUMN));
    return [paint(COLORS[result], mark) + first.slice(mark.length), ...rest];
  });
  if (context.dataFolder !== null)
    lines.unshift(`Found a node in ${context.dataFolder}; for another one use --rpc-cookie FOLDER and --rpc-url.`, "");
  if (context.otherDataFolder !== null)
    lines.push("", `A node in ${context.otherDataFolder} answers: leave out the --rpc flags to check that one.`);
  const indented = (text: string): string => `  ${text}`;
  if (bitcoinConf.length > 0) {
    const file = context.confPath ?? "the node's bitcoin.conf";
    const rpcFailed = findings.some(({ check, result }) => check === "rpc" && result === "failed");
    lines.push(
      "",
      rpcFailed ? `Lines that ${file} needs:` : `Add to ${file}, then restart the node:`,
      ...bitcoinConf.map(indented),
    );
  }
  if (context.written !== null) lines.push("", `Settings written to ${context.written}.`);
  if (ok || answers) {
    const first = ok ? "Start" : "When this is solved, start";
    lines.push("", `${first} the service, then open http://127.0.0.1:8000:`, indented(context.startCommand));
    if (context.secretVariables.length > 0) lines.push(indented(`(with ${context.secretVariables.join(", ")} set)`));
  }
  const worst = ok ? (findings.some(({ result }) => result === "warning") ? "warning" : "ok") : "failed";
  lines.push("", paint(COLORS[worst], summaryOf(findings)));
  return `${lines.join("\n")}\n`;
}

interface Row {
  readonly name: string;
  readonly result: Finding["result"];
  readonly message: string;
}

/** Checks in sequence that were skipped for one reason share a row. */
function rowsOf(findings: readonly Finding[]): Row[] {
  const groups: (Pick<Finding, "result" | "message"> & { checks: string[] })[] = [];
  for (const { check, result, message } of findings) {
    const last = groups.at(-1);
    if (result === "unknown" && last?.result === result && last.message === message) last.checks.push(check);
    else groups.push({ result, message, checks: [check] });
  }
  return groups.map(({ result, message, checks }) => {
    const names = checks.join(", ");
    if (checks.length === 1) return { name: names, result, message };
    return { name: `${checks.length} checks`, result, message: `${message} (${names})` };
  });
}

const count = (findings: readonly Finding[], result: Finding["result"]): number =>
  findings.filter((finding) => finding.result === result).length;

/** For example "1 problem, 2 warnings, 1 check skipped." */
function summaryOf(findings: readonly Finding[]): string {
  const counted = (result: Finding["result"], one: string, many: string): string | null => {
    const number = count(findings, result);
    return number === 0 ? null : `${number} ${number === 1 ? one : many}`;
  };
  const parts = [
    counted("failed", "problem", "problems"),
    counted("warning", "warning", "warnings"),
    counted("unknown", "check skipped", "checks skipped"),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "No problems found." : `${parts.join(", ")}.`;
}

/** The diagnosis as one JSON object. */
export function diagnosisJson({ ok, findings, bitcoinConf }: Diagnosis, { startCommand }: ReportContext): string {
  const checks = findings.map(({ check, result, message }) => ({ check, result, message }));
  const problems = count(findings, "failed");
  const warnings = count(findings, "warning");
  return `${JSON.stringify({ ok, problems, warnings, checks, bitcoin_conf: bitcoinConf, start_command: startCommand })}\n`;
}
