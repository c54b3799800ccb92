/** How often random draws from real blocks are read right: `pnpm bench:blocks --help`. */

import { type Answer, holdsRest, liveAnswer, staticAnswer } from "./blocks/answers.ts";
import { DRAW_SIZES, type Draw, drawsOf, flooded } from "./blocks/draws.ts";
import { type BlockFigures, blockFigures } from "./blocks/figures.ts";
import { LeftOutEngine } from "./blocks/left-out.ts";
import { corpusDirectory } from "./corpus/corpus-directory.ts";
import { optionValues } from "./corpus/option-values.ts";
import { readRealBlocks } from "./corpus/real-blocks.ts";
import { runCommand } from "./corpus/run-command.ts";
import { UsageError } from "./corpus/usage-error.ts";

const HELP = `Usage: pnpm bench:blocks [--corpus DIR] [--blocks HEIGHTS] [--draws N] [--flood RATIO] [--batches | --live] [--json]

Draws 400, 800 and 1,600 payments from each block of DIR/real (HEIGHT.raw.gz or HEIGHT.amounts.json, prices in
truth.json) and asks the engine for their price. Two thirds of the draws have times, spread over ten minutes. An answer
within 3 % is right. A block that the ladder was fitted to is judged by a ladder fitted to the other ones.

  --corpus DIR      folder that holds real/; default $UTXORACLE_CORPUS, else ../shared/corpus beside the repository
  --blocks HEIGHTS  only these blocks, as 702861,907139
  --draws N         draws of each size from each block; default 60
  --flood RATIO     adds 30 % multiples of one unit, worth $5 at RATIO times the price: one actor's
  --batches         gives the set the block's batch payouts too, each with the probability that a payment has
  --intervals       how often the 90 % interval of a right answer with ok holds the price of the block's other payments
  --live            asks a MempoolAnalyzer instead of a static set
  --json            one JSON object on one line instead of the tables
  --help            this text`;

const OPTIONS = {
  corpus: { type: "string" },
  blocks: { type: "string" },
  draws: { type: "string", default: "60" },
  batches: { type: "boolean", default: false },
  flood: { type: "string" },
  live: { type: "boolean", default: false },
  intervals: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function drawCount(text: string): number {
  const draws = Number(text);
  if (Number.isInteger(draws) && draws >= 1 && draws <= 10_000) return draws;
  throw new UsageError(`--draws is "${text}": it must be a whole number from 1 to 10000`);
}

function floodRatio(text: string): number {
  const ratio = Number(text);
  if (ratio > 0 && Number.isFinite(ratio)) return ratio;
  throw new UsageError(`--flood is "${text}": it must be a number above 0`);
}

function table(title: string, rows: readonly (readonly [name: string, figures: BlockFigures])[]): string {
  const lines = [`${title.padEnd(12)}  draws    right       ok   wrong of ok`];
  for (const [name, { draws, right, ok, ok_wrong }] of rows) {
    const share = (count: number, all: number): string => (all === 0 ? "-" : `${((100 * count) / all).toFixed(1)} %`);
    lines.push(
      `${name.padEnd(12)}  ${String(draws).padStart(5)}  ${share(right, draws).padStart(7)}  ${share(ok, draws).padStart(7)}  ${String(ok_wrong).padStart(6)}  ${share(ok_wrong, ok)}`,
    );
  }
  return lines.join("\n");
}

function reliability({ confidence }: BlockFigures): string {
  const lines = ["confidence    answers  right"];
  confidence.forEach(({ answers, right }, tenth) => {
    const range = `${(tenth / 10).toFixed(1)} to ${((tenth + 1) / 10).toFixed(1)}`;
    const share = answers === 0 ? "-" : `${((100 * right) / answers).toFixed(1)} %`;
    lines.push(`${range.padEnd(12)}  ${String(answers).padStart(7)}  ${share}`);
  });
  return lines.join("\n");
}

/** Coverage by the size of the draw; the errors of both sets widen the interval. */
function intervalTable(answers: readonly Answer[], engine: LeftOutEngine): string {
  const lines = ["interval      draws    holds the price of the other payments"];
  for (const size of DRAW_SIZES) {
    const held = answers.filter(({ draw }) => draw.size === size).flatMap((answer) => holdsRest(answer, engine) ?? []);
    const share = held.length === 0 ? "-" : `${((100 * held.filter(Boolean).length) / held.length).toFixed(1)} %`;
    lines.push(`${`${size} amounts`.padEnd(12)}  ${String(held.length).padStart(5)}  ${share.padStart(7)}`);
  }
  return lines.join("\n");
}

runCommand("bench:blocks", () => {
  const options = optionValues(process.argv.slice(2), OPTIONS);
  if (options.help) return console.log(HELP);
  const draws = drawCount(options.draws);
  const corpus = corpusDirectory(options.corpus, process.env);
  const blocks = readRealBlocks(corpus, options.blocks?.split(",") ?? null);
  const engine = new LeftOutEngine(corpus);
  const ask = options.live ? liveAnswer : (draw: Draw): Answer => staticAnswer(draw, engine, options.batches);
  const ratio = options.flood === undefined ? null : floodRatio(options.flood);
  const answers = blocks.flatMap((block) =>
    drawsOf(block, draws).map((draw) => ask(ratio === null ? draw : flooded(draw, ratio))),
  );
  const all = blockFigures(answers);
  const of = (belongs: (answer: Answer) => boolean): BlockFigures => blockFigures(answers.filter(belongs));
  const perBlock = blocks.map(({ height }) => [height, of(({ draw }) => draw.block.height === height)] as const);
  if (options.json)
    return console.log(
      JSON.stringify({ mode: options.live ? "live" : "static", all, blocks: Object.fromEntries(perBlock) }),
    );
  if (options.intervals) return console.log(intervalTable(answers, engine));
  const sizes = DRAW_SIZES.map((size) => [`${size} amounts`, of(({ draw }) => draw.size === size)] as const);
  const modes = (["timed", "untimed", "live"] as const)
    .map((mode) => [mode, of((answer) => answer.mode === mode)] as const)
    .filter(([, { draws }]) => draws > 0);
  console.log(
    [table("block", perBlock), table("size", sizes), table("mode", [...modes, ["all", all]]), reliability(all)].join(
      "\n\n",
    ),
  );
});
