import { Type } from "@sinclair/typebox";

/** Transaction id as people write it: 64 lower-case hex digits, byte order reversed against the hash. */
export const Txid = Type.String({ pattern: "^[0-9a-f]{64}$", description: "Transaction id, 64 lower-case hex digits" });

/** Largest time and duration, in seconds: the year 5138. A time in milliseconds is beyond. */
const SECONDS_MAX = 1e11;

/** Time on the wire. */
export const UnixSeconds = Type.Number({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, fractions allowed",
});

/** Time where a fraction is not allowed. */
export const WholeUnixSeconds = Type.Integer({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, a whole number",
});

/** A duration. */
export const Seconds = Type.Number({ minimum: 0, maximum: SECONDS_MAX, description: "Seconds" });

/** Length of a window, which is never empty. */
export const WindowSeconds = Type.Number({ exclusiveMinimum: 0, maximum: SECONDS_MAX, description: "Seconds" });

/** The time that a block's header has: a whole number. */
export const BlockTime = Type.Integer({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, as the block's header has it",
});

/** Name of a chain as Bitcoin Core has it: a word, safe in a path or a page. */
export const ChainName = Type.String({
  pattern: "^[a-z][a-z0-9]{0,31}$",
  description: "The chain's name: main, test, testnet4, signet, regtest",
});

/** Height of a block: how many blocks of its chain are below it. */
export const BlockHeight = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Height of a block in its chain",
});

/** Root of a block's merkle tree, written like an id. */
export const MerkleRoot = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description: "Root of the block's merkle tree, 64 lower-case hex digits",
});

/** A dollar price of one bitcoin. */
export const UsdPerBtc = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1e9,
  description: "US dollars per bitcoin",
});

/** An output amount of a payment, in (1e-5, 1e5) BTC, both strict: the payment filter lets no other through. */
export const AmountBtc = Type.Number({ exclusiveMinimum: 1e-5, exclusiveMaximum: 1e5, description: "Amount in BTC" });

export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "A count" });

export const Share = Type.Number({ minimum: 0, maximum: 1, description: "A share of one" });
