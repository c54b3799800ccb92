/** Draws docs/images/architecture.svg: `pnpm docs:picture`. */

/** A box: a package or an outside system. Positions and sizes in pixels of the picture. */
interface Box {
  readonly title: string;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly kind: "ours" | "outside";
  /** With `--bus` only: dashed. */
  readonly optional?: boolean;
}

/** An arrow along these corners, with a label. */
interface Arrow {
  readonly corners: readonly (readonly [number, number])[];
  readonly words: string;
  readonly wordsAt: readonly [number, number];
  /** `end`: right-aligned, beside a vertical arrow. */
  readonly anchor?: "middle" | "end";
  readonly optional?: boolean;
}

const WIDTH = 1120;
const HEIGHT = 672;
const BOX_WIDTH = 200;
const BOX_HEIGHT = 92;
/** Left edges of the four columns. */
const [A, B, C, D] = [24, 316, 608, 896] as const;
/** Top edges of the four rows. */
const [TOP, MIDDLE, LOWER, BOTTOM] = [56, 234, 384, 536] as const;

const boxes: readonly Box[] = [
  { title: "Bitcoin node", lines: ["your own: mempool", "and blocks"], x: A, y: TOP, kind: "outside" },
  { title: "zmq-source", lines: ["counts every message,", "reports every gap"], x: B, y: TOP, kind: "ours" },
  { title: "tx-parser", lines: ["bytes → transactions,", "the payment filter"], x: C, y: TOP, kind: "ours" },
  { title: "estimator", lines: ["the window; amounts →", "price and error bar"], x: D, y: TOP, kind: "ours" },
  { title: "node-rpc", lines: ["start, gaps, blocks:", "window in sync"], x: B, y: MIDDLE, kind: "ours" },
  { title: "block-source", lines: ["blocks by RPC, REST", "or from files"], x: B, y: LOWER, kind: "ours" },
  { title: "apps/live", lines: ["composes; status,", "metrics, log"], x: D, y: MIDDLE, kind: "ours" },
  { title: "NATS", lines: ["for many clients:", "publish, lease"], x: C, y: MIDDLE, kind: "outside", optional: true },
  {
    title: "apps/live edge",
    lines: ["any number,", "without a node"],
    x: C,
    y: LOWER,
    kind: "ours",
    optional: true,
  },
  { title: "stream-server", lines: ["one encoding for", "ten thousand clients"], x: D, y: BOTTOM, kind: "ours" },
  { title: "apps/web + viz", lines: ["the page, in the", "user's browser"], x: C - 118, y: BOTTOM, kind: "ours" },
  {
    title: "Programs",
    lines: ["wallets, BTCPay Server,", "Home Assistant, curl"],
    x: A + 62,
    y: BOTTOM,
    kind: "outside",
  },
];

const arrows: readonly Arrow[] = [
  {
    corners: [
      [A + BOX_WIDTH, TOP + 46],
      [B, TOP + 46],
    ],
    words: "ZMQ",
    wordsAt: [270, TOP + 36],
  },
  {
    corners: [
      [B + BOX_WIDTH, TOP + 46],
      [C, TOP + 46],
    ],
    words: "bytes",
    wordsAt: [562, TOP + 36],
  },
  {
    corners: [
      [C + BOX_WIDTH, TOP + 46],
      [D, TOP + 46],
    ],
    words: "payments",
    wordsAt: [852, TOP + 36],
  },
  {
    corners: [
      [124, TOP + BOX_HEIGHT],
      [124, MIDDLE + 46],
      [B, MIDDLE + 46],
    ],
    words: "JSON-RPC, REST",
    wordsAt: [220, MIDDLE + 36],
  },
  {
    corners: [
      [416, MIDDLE],
      [416, 192],
      [708, 192],
      [708, TOP + BOX_HEIGHT],
    ],
    words: "what the feed missed",
    wordsAt: [562, 182],
  },
  {
    corners: [
      [416, MIDDLE + BOX_HEIGHT],
      [416, LOWER],
    ],
    words: "blocks",
    wordsAt: [404, 360],
    anchor: "end",
  },
  {
    corners: [
      [996, TOP + BOX_HEIGHT],
      [996, MIDDLE],
    ],
    words: "estimate, twice a second",
    wordsAt: [984, 196],
    anchor: "end",
  },
  {
    corners: [
      [1020, MIDDLE + BOX_HEIGHT],
      [1020, BOTTOM],
    ],
    words: "snapshots and deltas",
    wordsAt: [1008, 362],
    anchor: "end",
  },
  {
    corners: [
      [D, MIDDLE + 46],
      [C + BOX_WIDTH, MIDDLE + 46],
    ],
    words: "--bus",
    wordsAt: [852, MIDDLE + 36],
    optional: true,
  },
  {
    corners: [
      [708, MIDDLE + BOX_HEIGHT],
      [708, LOWER],
    ],
    words: "the same messages",
    wordsAt: [696, 360],
    anchor: "end",
    optional: true,
  },
  {
    corners: [
      [C + BOX_WIDTH, LOWER + 46],
      [950, LOWER + 46],
      [950, BOTTOM],
    ],
    words: "its own clients",
    wordsAt: [938, 502],
    anchor: "end",
    optional: true,
  },
  {
    corners: [
      [D, BOTTOM + 46],
      [C + 82, BOTTOM + 46],
    ],
    words: "WebSocket",
    wordsAt: [793, BOTTOM + 36],
  },
  {
    corners: [
      [D, BOTTOM + 70],
      [820, BOTTOM + 70],
      [820, BOTTOM + 116],
      [186, BOTTOM + 116],
      [186, BOTTOM + BOX_HEIGHT],
    ],
    words: "HTTP, Server-Sent Events",
    wordsAt: [400, BOTTOM + 108],
  },
];

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function drawBox({ title, lines, x, y, kind, optional = false }: Box): string {
  const middle = x + BOX_WIDTH / 2;
  return [
    `<rect class="${optional ? `${kind} optional` : kind}" x="${x}" y="${y}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="8"/>`,
    `<text class="title" x="${middle}" y="${y + 32}">${escaped(title)}</text>`,
    ...lines.map((line, row) => `<text x="${middle}" y="${y + 56 + row * 20}">${escaped(line)}</text>`),
  ].join("\n  ");
}

function drawArrow({ corners, words, wordsAt: [x, y], anchor = "middle", optional = false }: Arrow): string {
  const path = corners
    .map(([cornerX, cornerY], corner) => `${corner === 0 ? "M" : "L"}${cornerX} ${cornerY}`)
    .join(" ");
  const kind = anchor === "end" ? "words before" : "words";
  return `<path class="${optional ? "arrow optional" : "arrow"}" d="${path}"/>\n  <text class="${kind}" x="${x}" y="${y}">${escaped(words)}</text>`;
}

/** The picture as SVG, legible on light and dark pages. */
export function architecturePicture(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="what">
  <!-- Drawn by docs/scripts/architecture-picture.ts: change it there and run \`pnpm docs:picture\`. -->
  <title id="what">From the node through zmq-source, tx-parser and estimator to apps/live; from there through stream-server to the page and to programs. Data flows in one direction; apps/live composes all packages. Dashed, for many clients: apps/live publishes on NATS, and edges without a node serve the same stream.</title>
  <style>
    text { font: 15px system-ui, sans-serif; text-anchor: middle; fill: #d6dde6; }
    .title { font-weight: 600; font-size: 18px; fill: #ffffff; }
    .words { font-size: 14px; fill: #8fd8e8; }
    .before { text-anchor: end; }
    .ours { fill: #14202b; stroke: #2aa8c4; stroke-width: 1.5; }
    .outside { fill: #1d1a14; stroke: #f0952c; stroke-width: 1.5; }
    .arrow { fill: none; stroke: #8fd8e8; stroke-width: 1.5; marker-end: url(#tip); }
    .optional { stroke-dasharray: 6 4; }
  </style>
  <defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="#8fd8e8"/></marker></defs>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="#0b0f14"/>
  ${arrows.map(drawArrow).join("\n  ")}
  ${boxes.map(drawBox).join("\n  ")}
</svg>
`;
}

/** Names of the packages in the picture. */
export const packagesShown: readonly string[] = boxes
  .filter(({ kind, optional }) => kind === "ours" && optional !== true)
  .flatMap(({ title }) => title.split(" + "));
