import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the example prints its documented output", () => {
  const output = execFileSync(
    process.execPath,
    ["--conditions=@utxoracle/source", "--import", "tsx", "examples/scoreboard.ts"],
    { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" },
  );
  expect(output.split("\n")).toEqual([
    'WebSocket: {"score":2}',
    'events: data: {"score":2}',
    'WebSocket: {"goals":1}',
    'events: data: {"goals":1}',
    "closed with 1001",
    "",
  ]);
});
