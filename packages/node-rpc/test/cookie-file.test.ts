import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@utxoracle/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { readCookie } from "../src/cookie-file.ts";

const folder = mkdtempSync(join(tmpdir(), "cookie-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function cookie(content: string | Uint8Array): Promise<string> {
  const path = join(folder, ".cookie");
  writeFileSync(path, content);
  return readCookie(path, "uptime");
}

describe("a cookie file", () => {
  it("is read in every common encoding and line ending", async () => {
    for (const text of ["u:pass", "u:pass\n", "u:pass\r\n", "u:pass\r", "\ufeffu:pass\r\n", " u:pass \t\n\n"])
      expect(await cookie(text)).toBe("u:pass");
  });

  it("is rejected in UTF-16, with other content or too long, without showing it", async () => {
    const utf16 = Buffer.from("\ufeffu:SECRET\r\n", "utf16le");
    const unmarked = Buffer.from("u:SECRET", "utf16le");
    for (const bytes of [utf16, Buffer.from(utf16).swap16(), unmarked])
      await expect(cookie(bytes)).rejects.toThrow(/UTF-16 text; save it as UTF-8$/);
    for (const text of ["SECRET", "", "u:SEC RET", `u:SECRET${"x".repeat(2000)}`]) {
      const error = await cookie(text).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "cookie_unreadable", message: expect.not.stringContaining("SEC") });
    }
  });

  it("is rejected at once if it is not a regular file", needs("mkfifo", "/dev/zero"), async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of [pipe, folder, "/dev/zero"])
      await expect(readCookie(path, "uptime")).rejects.toMatchObject({ code: "cookie_unreadable" });
  });
});
