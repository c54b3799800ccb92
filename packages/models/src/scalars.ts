import { Type } from "@sinclair/typebox";

/** Transaction id as displayed: the hash in reversed byte order. */
export const Txid = Type.String({ pattern: "^[0-9a-f]{64}$", description: "Transaction id, 64 lowercase hex digits" });

/** Hash of a block as displayed. */
export const BlockHash = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description: "Hash of a block, 64 lowercase hex digits",
});

/** Maximum time and duration in seconds: the year 5138. Rejects times in milliseconds. */
const SECONDS_MAX = 1e11;

export const UnixSeconds = Type.Number({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, fractions allowed",
});

export const WholeUnixSeconds = Type.Integer({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, a whole number",
});

export const Seconds = Type.Number({ minimum: 0, maximum: SECONDS_MAX, description: "Seconds" });

/** Length of a window; never 0. */
export const WindowSeconds = Type.Number({ exclusiveMinimum: 0, maximum: SECONDS_MAX, description: "Seconds" });

export const BlockTime = Type.Integer({
  minimum: 0,
  maximum: SECONDS_MAX,
  description: "Unix time in seconds, from the block's header",
});

/** Run of a service. The pattern makes it safe in queries and event ids. */
export const Epoch = Type.String({
  pattern: "^[A-Za-z0-9_.~-]{1,64}$",
  description: "Identifies this run of the server",
});

/** Name of a chain in Bitcoin Core. The pattern makes it safe in paths and pages. */
export const ChainName = Type.String({
  pattern: "^[a-z][a-z0-9]{0,31}$",
  description: "Name of the chain: main, test, testnet4, signet, regtest",
});

export const BlockHeight = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Height of a block in its chain",
});

/** Root of a block's merkle tree, displayed like a txid. */
export const MerkleRoot = Type.String({
  pattern: "^[0-9a-f]{64}$",
  description: "Root of the block's merkle tree, 64 lowercase hex digits",
});

export const UsdPerBtc = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1e9,
  description: "US dollars per bitcoin",
});

/**
 * Output amount of a payment. The filter accepts amounts within (1e-5, 1e5) BTC, both exclusive.
 */
export const AmountBtc = Type.Number({ exclusiveMinimum: 1e-5, exclusiveMaximum: 1e5, description: "Amount in BTC" });

export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "A count" });

export const Fraction = Type.Number({ minimum: 0, maximum: 1, description: "Fraction from 0 to 1" });
