import { describe, expect, it } from "vitest";
import { Progress } from "../src/commands/price/progress.ts";

/** The line that a terminal shows after some output; `\r` returns to its start. */
function shown(written: string): string {
  let line = "";
  for (const part of written.split("\r")) line = part + line.slice(part.length);
  return line.trimEnd();
}

describe("progress", () => {
  const run = (isTTY: boolean, isQuiet: boolean) => {
    let written = "";
    let now = 0;
    const progress = new Progress({ isTTY, write: (text) => (written += text) }, { isQuiet, now: () => now });
    const show = (text: string, afterMs: number): string => {
      now += afterMs;
      progress.show(text);
      return shown(written);
    };
    return { show, progress, written: () => written };
  };

  it("updates one line at a limited rate, and erases it", () => {
    const { show, progress, written } = run(true, false);
    expect(show("finding blocks", 0)).toBe("finding blocks");
    expect(show("1 of 144 blocks", 50)).toBe("finding blocks");
    expect(show("2 of 144 blocks", 60)).toBe("2 of 144 blocks");
    progress.clear();
    expect(shown(written())).toBe("");
    expect(written().endsWith("\r")).toBe(true);
    expect(show("3 of 144 blocks", 0)).toBe("3 of 144 blocks");
  });

  it("writes nothing without a terminal, or with --quiet", () => {
    for (const [isTTY, isQuiet] of [
      [false, false],
      [true, true],
    ] as const) {
      const { show, progress, written } = run(isTTY, isQuiet);
      show("1 of 144 blocks", 1000);
      progress.clear();
      expect(written()).toBe("");
    }
  });
});
