import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { budgets } from "../../config/budgets.ts";
import { loadSettings } from "../../config/load.ts";
import { nodeAccess, publishedEndpoints } from "../../config/node-access.ts";
import type { Settings } from "../../config/schema.ts";
import { isPath } from "../../config/setting-types.ts";
import { readPipeAhead } from "../../config/small-file.ts";
import { ExitCode, UserError } from "../../config/user-error.ts";
import { type Endpoints, hasAuto, resolveEndpoints } from "../../config/zmq-endpoints.ts";
import { createLogger } from "../../logging/create-logger.ts";
import type { LineWriter } from "../../logging/line-writer.ts";
import { logLine } from "../../logging/log-line.ts";
import { watchDescriptors } from "../../process/descriptor-watch.ts";
import { loadFailed } from "../../process/failure-text.ts";
import type { ProcessLife } from "../../process/process-life.ts";
import { aborted } from "../../process/supervisor.ts";
import { programVersion } from "../../program-manifest.ts";
import { logNodeFindings } from "../record/node-warnings.ts";
import { recordedChain } from "../record/recorded-chain.ts";
import type { OpenFeed } from "../service/service-options.ts";
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
  // Each command loads only its own modules.
  if (line.command === "price") {
    refuseOperands(line);
    const { priceCommand } = await import("../price/price-command.ts").catch(loadFailed);
    const { stdout } = process;
    const now = (): number => Date.now() / 1000;
    return await untilAborted(
      priceCommand({ ...loaded, machine, stdout, stderr: process.stderr, signal, now }),
      signal,
    );
  }
  if (line.command === "score") {
    const { scoreCommand } = await import("../score/score-command.ts").catch(loadFailed);
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
    const { doctorCommand } = await import("../doctor/doctor-command.ts").catch(loadFailed);
    const invocation = { argv: process.argv, env, cwd: process.cwd() };
    return await untilAborted(doctorCommand({ line, loaded, machine, stdout: process.stdout, invocation }), signal);
  }
  life.useLog(log);
  watchDescriptors(log, signal);
  const version = programVersion();
  const lostLogLines = (): number => stderr.lostLines;
  if (line.command === "record") {
    const { record } = await import("../record/record.ts").catch(loadFailed);
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
  } else if (line.command === "edge") {
    refuseOperands(line);
    const { runEdge } = await import("../run-edge.ts").catch(loadFailed);
    await runEdge({ settings, log, lostLogLines, version, supervisor: life });
  } else {
    const openFeed = feedOpener(line, settings, log);
    const { runService } = await import("../service.ts").catch(loadFailed);
    await runService({
      settings,
      openFeed,
      log,
      lostLogLines,
      version,
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

/**
 * What opens the feed of a command.
 * @throws {UserError} for operands that the command does not take.
 */
function feedOpener(line: CommandLine, settings: Settings, log: Logger): OpenFeed {
  if (line.command === "replay") {
    const path = oneFile(line);
    return async (_parts, signal) => {
      const { ReplayFeed } = await import("../../ingest/replay-feed.ts").catch(loadFailed);
      return await ReplayFeed.open({ path, speed: settings.speed, spanSeconds: settings.span, log, signal });
    };
  }
  refuseOperands(line);
  if (line.command === "demo")
    return async (parts, signal) => {
      const { openDemoFeed } = await import("../../sync/demo-feed.ts").catch(loadFailed);
      return await openDemoFeed({ seed: settings.seed, log, signal, ...parts });
    };
  return async (parts) => {
    const { NodeFeed } = await import("../../sync/node-feed.ts").catch(loadFailed);
    const access = nodeAccess(settings, machine);
    const { node, zmq, host } = access;
    return new NodeFeed({
      source: "node",
      endpoints: resolveEndpoints(zmq, null, host),
      ...(hasAuto(zmq) && node !== null ? { findEndpoints: (signal) => publishedEndpoints(access, signal) } : {}),
      node,
      chain: settings.chain ?? null,
      log,
      ...parts,
    });
  };
}
