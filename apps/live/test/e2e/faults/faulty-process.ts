import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type LogLine, programPath, ServiceProcess } from "../service-process.ts";
import { type FaultyPart, faultPlaces, hurries } from "./fault-places.mjs";

/** The built program with a part that fails on request. */
export class FaultyProcess {
  readonly service: ServiceProcess;
  readonly #part: FaultyPart;
  readonly #file = join(mkdtempSync(join(tmpdir(), "fault-")), "fault");

  /**
   * @param kind whether the part throws, exits its thread, or starts a file operation that never
   *   ends.
   * @throws {Error} if the built program has no place for the fault: it would run without end.
   */
  constructor(part: FaultyPart, words: readonly string[], kind: "throw" | "exit" | "hang" = "throw") {
    if (!hasPlace(part)) throw new Error(`the built program has no place for a fault in ${part}`);
    this.#part = part;
    if (kind === "hang") execFileSync("mkfifo", [`${this.#file}.pipe`]);
    this.service = new ServiceProcess(words, {
      NODE_OPTIONS: `--import ${new URL("./fault-preload.mjs", import.meta.url)}`,
      FAULT_PART: part,
      FAULT_KIND: kind,
      FAULT_FILE: this.#file,
      FAULT_PROGRAM: pathToFileURL(dirname(programPath)).href,
    });
  }

  /** Makes the part fail at its next turn. */
  arm(): void {
    writeFileSync(this.#file, "");
  }

  /** Whether the part has failed. */
  get hasFailed(): boolean {
    return readFileSync(this.#file, "utf8") !== "";
  }

  /** Resolves with the result and the time from the fault to the exit. */
  async ended(): Promise<{ exitCode: number | null; fatal: LogLine[]; stderr: string; afterMs: number }> {
    const { exitCode, stderr } = await this.service.ended;
    const endedAt = Date.now();
    if (!existsSync(`${this.#file}.placed`))
      throw new Error(`the built program has no place for a fault in ${this.#part}`);
    const fatal = this.service.log.filter(({ level }) => level === "fatal");
    return { exitCode, stderr, fatal, afterMs: endedAt - Number(readFileSync(this.#file, "utf8")) };
  }
}

/** Whether the built program has the places of a part. */
export function hasPlace(part: FaultyPart): boolean {
  const folder = dirname(programPath);
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const texts = scripts.map((name) => readFileSync(join(folder, name), "utf8"));
  return [faultPlaces[part], hurries[part]?.[0]].every(
    (place) => place === undefined || texts.some((text) => place.test(text)),
  );
}
