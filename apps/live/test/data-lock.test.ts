import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { lockDataDirectory } from "../src/store/data-lock.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "data-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock of a data folder", () => {
  const lock = (): string => join(folder, "utxoracle-live.lock");

  it("belongs to one process at a time, and is removed afterwards", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    try {
      writeFileSync(lock(), JSON.stringify({ pid: other.pid, host: hostname() }));
      expect(() => lockDataDirectory(folder)).toThrow(`is used by process ${other.pid} on ${hostname()}`);
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it.each([
    ["a process with this one's id, before it", () => JSON.stringify({ pid: process.pid, host: hostname() })],
    ["a process that is gone", () => JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() })],
  ])("left by %s is replaced at once", (_, content) => {
    writeFileSync(lock(), content());
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it.each([
    ["another host", () => JSON.stringify({ pid: 1, host: "elsewhere" })],
    ["a process that was killed while it wrote it", () => ""],
  ])("of %s is replaced after a minute without a touch", (_, content) => {
    writeFileSync(lock(), content());
    expect(() => lockDataDirectory(folder)).toThrow("is used by");
    const before = Date.now() / 1000 - 61;
    utimesSync(lock(), before, before);
    lockDataDirectory(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it("does not end the program when the disk fails", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let touches = 0;
    const release = lockDataDirectory(folder, () => {
      touches += 1;
      throw Object.assign(new Error("read-only file system"), { code: "EROFS" });
    });
    vi.advanceTimersByTime(30_000);
    expect(touches).toBe(2);
    release();
  });

  it("that is a file of another program is not changed", () => {
    writeFileSync(lock(), "something else");
    expect(() => lockDataDirectory(folder)).toThrow("is not a lock of this program");
    expect(readFileSync(lock(), "utf8")).toBe("something else");
  });
});
