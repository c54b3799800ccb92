import type { PackedProject } from "./packed-project.ts";
import { readmeExamples } from "./readme-examples.ts";
import { fromHex, toHex, transactionHex } from "./transaction-bytes.ts";

/** A payment, as the examples get it. */
export const examplePayment = { outputs: [{ valueSats: 70_000 }, { valueSats: 1_234_567 }] };

/** What is piped into the example that reads lines, and what it must print. */
export const linesIn: string = [
  transactionHex(examplePayment),
  transactionHex({ ...examplePayment, inputs: new Array(6).fill({}) }),
].join("\n");
const linesOut = ["0.0007 0.01234567", "too_many_inputs"];

/** The README's examples that are for no browser, with what they must print. */
export const consoleExamples: { title: string; file: string; expected: string[] }[] = readmeExamples.flatMap(
  ({ title, isForBrowser, promised }, index) =>
    isForBrowser
      ? []
      : [{ title, file: `example-${index + 1}.js`, expected: promised.length > 0 ? promised : linesOut }],
);

/** The first block, whose only transaction the README's first example holds in hex. */
function firstBlock(): Uint8Array {
  const coinbase = Array.from((readmeExamples[0]?.code ?? "").matchAll(/"([0-9a-f]+)"/g), ([, hex]) => hex).join("");
  const merkleRoot = "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a";
  return fromHex(`01000000${"00".repeat(32)}${merkleRoot}29ab5f49ffff001d1dac2b7c01${coinbase}`);
}

/** Writes the examples and the files that they read: a block file as Bitcoin Core 28 writes it, and its key. */
export function writeExamples(project: PackedProject): void {
  readmeExamples.forEach(({ code }, index) => {
    project.write(`example-${index + 1}.js`, code);
  });
  const block = firstBlock();
  const record = fromHex(`f9beb4d9${Buffer.from(Uint32Array.of(block.length).buffer).toString("hex")}${toHex(block)}`);
  const key = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  project.write(
    "blk00000.dat",
    record.map((byte, index) => byte ^ (key[index % 8] as number)),
  );
  project.write("xor.dat", key);
}
