import type { EncodedPoints, PricePoint } from "./contracts.ts";

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Two digits of base64 are three of hex. */
const BITS_PER_DIGIT = 6;
const HEX_PER_PAIR = 3;
const TXID_LENGTH = 64;
const SATS_PER_BTC = 1e8;

/** The points of columns that were checked. */
export function decodedPoints({ time_steps: steps, price, txid, vout, sats }: EncodedPoints): PricePoint[] {
  let milliseconds = 0;
  let id = "";
  return steps.map((step, index) => {
    milliseconds += step;
    id = txid[index] ? hexOf(txid[index]) : id;
    return {
      timestamp: milliseconds / 1000,
      price: price[index] ?? Number.NaN,
      txid: id,
      vout: vout[index] ?? Number.NaN,
      amount: (sats[index] ?? Number.NaN) / SATS_PER_BTC,
    };
  });
}

function hexOf(base64: string): string {
  let hex = "";
  for (let at = 0; at < base64.length; at += 2) {
    const pair = (digit(base64, at) << BITS_PER_DIGIT) | digit(base64, at + 1);
    hex += pair.toString(16).padStart(HEX_PER_PAIR, "0");
  }
  return hex.slice(0, TXID_LENGTH);
}

const digit = (base64: string, at: number): number => Math.max(0, BASE64URL.indexOf(base64.charAt(at) || "A"));
