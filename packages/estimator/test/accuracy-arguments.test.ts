import { expect, it } from "vitest";
import { accuracyFigures, accuracyTable, errorPct, movementFigures, reliability } from "../src/accuracy.ts";

const estimate = { price: 100, interval: null, confidence: 0, status: "low_confidence", windowPrice: null };

it.each([
  ["no list", undefined, "windows is undefined: give an array of { estimate, truthUsd }"],
  ["an entry without an estimate", [{ truthUsd: 1 }], "windows[0].estimate is undefined"],
  ["the estimated price alone", [{ estimate: 100, truthUsd: 1 }], "windows[0].estimate is 100"],
  ["an entry without the truth", [{ estimate }], "windows[0].truthUsd is undefined: give the true price"],
])("names %s", (_, windows, message) => {
  for (const figures of [accuracyFigures, movementFigures, reliability])
    expect(() => figures(windows as never)).toThrow(message);
  expect(() => accuracyTable({ title: "t", note: "" }, windows as never)).toThrow(message);
});

it("names a wrong answer of errorPct and a wrong head of the table", () => {
  expect(() => errorPct({ estimate } as never)).toThrow("answer.truthUsd is undefined");
  expect(() => accuracyTable("t" as never, [])).toThrow('head is "t": give { title, note }');
});
