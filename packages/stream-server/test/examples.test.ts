import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const outputOf = (example: string): string[] =>
  execFileSync(process.execPath, ["--conditions=@utxoracle/source", "--import", "tsx", example], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  }).split("\n");

it("the example of resuming prints its documented output", () => {
  expect(outputOf("examples/resume.ts")).toEqual([
    'WebSocket: {"goals":2} permessage-deflate',
    'events: data: {"goals":1}',
    "",
  ]);
});

it("the example prints its documented output", () => {
  expect(outputOf("examples/scoreboard.ts")).toEqual([
    'WebSocket: {"score":2}',
    'events: data: {"score":2}',
    'WebSocket: {"goals":1}',
    'events: data: {"goals":1}',
    "closed with 1001",
    "",
  ]);
});
