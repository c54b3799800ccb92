import { setTimeout as sleep } from "node:timers/promises";
import { budgets } from "../../config/budgets.ts";
import { loadSettings } from "../../config/load.ts";
import { nodeAccess, publishedEndpoints } from "../../config/node-access.ts";
import { isPath } from "../../config/setting-types.ts";
import { readPipeAhead } from "../../config/small-file.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";
import { type Endpoints, resolveEndpoints } from "../../config/zmq-endpoints.ts";
import { createLogger } from "../../logging/create-logger.ts";
import type { LineWriter } from "../../logging/line-writer.ts";
import { logLine } from "../../logging/log-line.ts";
import { watchDescriptors } from "../../process/descriptor-watch.ts";
import { loadFailed } from "../../process/failure-text.ts";
import type { ProcessLife } from "../../process/process-life.ts";
import { aborted } from "../../process/supervisor.ts";
import { programVersion } from "../../program-manifest.ts";
import { doctorCommand } from "../doctor/doctor-command.ts";
import { priceCommand } from "../price/price-command.ts";
import { logNodeFindings } from "../record/node-warnings.ts";
import { record } from "../record/record.ts";
import { recordedChain } from "../record/recorded-chain.ts";
import { scoreCommand } from "../score/score-command.ts";
import { homeFolder } from "./home-folder.ts";
import type { CommandLine } from "./parse.ts";

// The home folder is read on demand: not every user has one.
const machine = {
  platform: process.platform,
  appData: process.env["APPDATA"],
  localAppData: process.env["LOCALAPPDATA"],
  get home(): string {
    return homeFolder();
  },
};

/** Time for a stopped command to clear its progress line, ms. */
const ABORT_MS = 500;

/** Process resources of a command. */
export interface CommandProcess {
  readonly life: ProcessLife;
  readonly stderr: LineWriter;
}

/**
 * Loads the settings and runs the command.
 * @returns the exit code.
 * @throws {UserError} for an error that the user can fix.
 */
export async function runCommand(
  line: CommandLine,
  env: NodeJS.ProcessEnv,
  { life, stderr }: CommandProcess,
): Promise<ExitCode> {
  const { signal } = life;
  await readPipeAhead(line.configPath, budgets.configFile.bytes, signal);
  const loaded = loadSettings(line.command, line.flags, env, line.configPath);
  const { settings } = loaded;
  for (const name of ["bus-creds", "bus-nkey", "bus-tls-ca", "bus-tls-cert", "bus-tls-key"] as const)
    await readPipeAhead(settings[name], budgets.credentialsFile.bytes, signal);
  const format = settings["log-format"] ?? (process.stderr.isTTY ? "pretty" : "json");
  const log = createLogger({
    format,
    level: settings["log-level"],
    stream: stderr,
  });
  for (const warning of loaded.variableWarnings) logLine(log, "setting ignored", {}, warning);
  if (line.command === "price") {
    refuseOperands(line);
    const { stdout } = process;
    const now = (): number => Date.now() / 1000;
    return await untilAborted(
      priceCommand({ ...loaded, machine, stdout, stderr: process.stderr, signal, now }),
      signal,
    );
  }
  if (line.command === "score") {
    const now = (): number => Date.now() / 1000;
    return await untilAborted(
      scoreCommand({
        ...loaded,
        recording: line.operands.length === 0 ? null : oneFile(line),
        ...{ machine, log, signal, now },
        stdout: process.stdout,
        stderr: process.stderr,
      }),
      signal,
    );
  }
  if (line.command === "doctor") {
    refuseOperands(line);
    const invocation = { argv: process.argv, env, cwd: process.cwd() };
    return await untilAborted(doctorCommand({ line, loaded, machine, stdout: process.stdout, invocation }), signal);
  }
  life.useLog(log);
  watchDescriptors(log, signal);
  const version = programVersion();
  const lostLogLines = (): number => stderr.lostLines;
  if (line.command === "record") {
    const access = nodeAccess(settings, machine);
    const { node } = access;
    const path = oneFile(line);
    let endpoints: Endpoints;
    let chain: string | null;
    try {
      endpoints = (await publishedEndpoints(access, signal)) ?? resolveEndpoints(access.zmq, null, access.host);
      chain = await recordedChain(node, settings.chain ?? null, signal);
      if (node !== null && chain !== null) await logNodeFindings(node, endpoints, chain, log, signal);
    } finally {
      node?.close();
    }
    if (!signal.aborted) await record({ path, endpoints, chain, version, log, signal });
    // The service and the edge are most of the program.
  } else if (line.command === "edge") {
    refuseOperands(line);
    const { runEdge } = await import("../run-edge.ts").catch(loadFailed);
    await runEdge({ settings, log, lostLogLines, version, supervisor: life });
  } else {
    if (line.command !== "replay") refuseOperands(line);
    const path = line.command === "replay" ? oneFile(line) : null;
    const { serveCommand } = await import("../serve-command.ts").catch(loadFailed);
    await serveCommand({
      ...{ path, settings, machine, log, lostLogLines, version },
      isDemo: line.command === "demo",
      supervisor: life,
      isInteractive: format === "pretty",
    });
  }
  return ExitCode.done;
}

/**
 * Runs a command that needs no cleanup: returns when the signal aborts, even while `work` is
 * pending.
 */
async function untilAborted(work: Promise<ExitCode>, signal: AbortSignal): Promise<ExitCode> {
  const stop = aborted(signal).then(() => sleep(ABORT_MS, ExitCode.done));
  return await Promise.race([work, stop]);
}

function refuseOperands({ command, operands: [extra] }: CommandLine): void {
  if (extra !== undefined) throw new UserError(`${command}: unexpected argument; only flags are allowed`);
}

/** @returns the file operand. @throws {UserError} for none or more than one. */
function oneFile({ command, operands: [file, extra] }: CommandLine): string {
  if (file === undefined) throw new UserError(`${command}: missing file; usage: utxoracle-live ${command} FILE`);
  if (extra !== undefined) throw new UserError(`${command}: only one file is allowed`);
  if (!isPath(file)) throw new UserError(`${command}: FILE must be a path, not a URL`);
  return file;
}
