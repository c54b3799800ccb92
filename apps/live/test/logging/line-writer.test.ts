import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/logging/create-logger.ts";
import { LineWriter } from "../../src/logging/line-writer.ts";

/** A fake stderr that accepts a number of bytes, then fails. */
class Output {
  room = Number.POSITIVE_INFINITY;
  error = "ENOSPC";
  text = "";
  readonly lines = new LineWriter((bytes) => {
    const count = Math.min(this.room, bytes.length);
    if (count === 0) throw Object.assign(new Error("no"), { code: this.error });
    this.text += Buffer.from(bytes.subarray(0, count)).toString();
    this.room -= count;
    return count;
  });
}

describe("LineWriter", () => {
  it.each(["ENOSPC", "EPIPE", "EIO", "EFBIG", "EAGAIN"])("counts lines lost to %s and never throws", (error) => {
    const output = new Output();
    output.room = 0;
    output.error = error;
    for (let line = 0; line < 3; line++) output.lines.write("lost\n");
    expect(output.lines.lostLines).toBe(3);
    expect(output.lines.takeLost()).toBe(0);
    output.room = 100;
    output.lines.write("written\n");
    expect(output.text).toBe("written\n");
    expect(output.lines.takeLost()).toBe(3);
    expect(output.lines.takeLost()).toBe(0);
  });

  it("completes a partly written line before the next one", () => {
    const output = new Output();
    output.room = 4;
    output.lines.write("first\n");
    output.lines.write("lost\n");
    output.room = 100;
    output.lines.write("third\n");
    expect(output.text).toBe("first\nthird\n");
    expect(output.lines.lostLines).toBe(1);
  });

  it("waits only once for a reader that stays blocked", () => {
    const output = new Output();
    output.room = 0;
    output.error = "EAGAIN";
    output.lines.write("lost\n");
    const startedAt = performance.now();
    for (let line = 0; line < 1000; line++) output.lines.write("lost\n");
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

it("the log reports the number of lost lines when it can be written again", () => {
  const output = new Output();
  const log = createLogger({ format: "json", level: "info", stream: output.lines });
  output.room = 0;
  log.info("one");
  log.info("two");
  output.room = 10_000;
  log.info("three");
  const lines = output.text.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ msg: "three" }),
    expect.objectContaining({ level: "warn", lost_lines: 2 }),
  ]);
});
