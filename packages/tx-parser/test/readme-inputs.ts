import type { PackedProject } from "./packed-project.ts";
import { readmeExamples } from "./readme-examples.ts";
import { fromHex, toHex, transactionHex } from "./transaction-bytes.ts";

/** A payment for the examples. */
export const examplePayment = { outputs: [{ valueSats: 70_000 }, { valueSats: 1_234_567 }] };

/** Input of the example that reads stdin, and its expected output. */
export const linesIn: string = [
  transactionHex(examplePayment),
  transactionHex({ ...examplePayment, inputs: new Array(6).fill({}) }),
].join("\n");
const linesOut = ["0.0007 0.01234567", "too_many_inputs"];

/** The README's examples for Node, with their expected output. */
export const consoleExamples: { title: string; file: string; expected: string[] }[] = readmeExamples.flatMap(
  ({ title, isForBrowser, promised }, index) =>
    isForBrowser
      ? []
      : [{ title, file: `example-${index + 1}.js`, expected: promised.length > 0 ? promised : linesOut }],
);

/** The first block; its only transaction is the hex of the README's first example. */
function firstBlock(): Uint8Array {
  const coinbase = Array.from((readmeExamples[0]?.code ?? "").matchAll(/"([0-9a-f]+)"/g), ([, hex]) => hex).join("");
  const merkleRoot = "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a";
  return fromHex(`01000000${"00".repeat(32)}${merkleRoot}29ab5f49ffff001d1dac2b7c01${coinbase}`);
}

/** Writes the examples and their input files: a block file of Bitcoin Core 28 and its XOR key. */
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
