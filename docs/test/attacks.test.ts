import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type AttackRecord, withAttacksTable } from "../scripts/attacks.ts";

it("the measured attacks are up to date in docs/security.md", () => {
  const page = readFileSync(new URL("../security.md", import.meta.url), "utf8");
  const record = JSON.parse(readFileSync(new URL("../attacks.json", import.meta.url), "utf8")) as AttackRecord;
  expect(page, "run: pnpm docs:attacks").toBe(withAttacksTable(page, record));
});
