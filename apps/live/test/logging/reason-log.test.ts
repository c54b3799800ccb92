import { pino } from "pino";
import { expect, it } from "vitest";
import { ReasonLog } from "../../src/relay/reason-log.ts";

it("logs a reason once when it begins, and a flapping one at most twice a minute", () => {
  const lines: { msg: string; also_since_last_line: number }[] = [];
  let now = 0;
  const log = new ReasonLog(pino({}, { write: (line) => void lines.push(JSON.parse(line)) }), () => now);
  const lost = { code: "analyzer_lost", message: "the newest update is 5 s old" };
  log.update([lost]);
  log.update([{ ...lost, message: "the newest update is 6 s old" }]);
  expect(lines.map(({ msg }) => msg)).toEqual(["the newest update is 5 s old"]);
  for (now = 1000; now < 31_000; now += 1000) log.update(now % 2000 === 0 ? [lost] : []);
  expect(lines).toMatchObject([{ also_since_last_line: 0 }, { also_since_last_line: 14 }]);
  log.update([lost, { code: "no_analyzer", message: "none" }]);
  expect(lines.map(({ msg }) => msg).at(-1)).toBe("none");
});
