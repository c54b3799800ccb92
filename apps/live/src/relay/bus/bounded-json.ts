import { budgets } from "../../config/budgets.ts";
import { BusError } from "./bus-error.ts";

/** Above the nesting of any published value. */
const DEPTH_MAX = 16;
/**
 * Above the arrays and objects in the largest value: a snapshot and a delta of 10,000 points each.
 */
const { count: CONTAINERS_MAX } = budgets.natsStateUnpacked;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON with bounded nesting and a bounded number of arrays and objects. A text of brackets
 * would take more than a hundred times its size in memory.
 * @throws {BusError} `invalid_value`
 */
export function parseBoundedJson(bytes: Uint8Array): unknown {
  checkContainers(bytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BusError("invalid_value", "the value is not UTF-8 JSON", { cause });
  }
}

function checkContainers(bytes: Uint8Array): void {
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        containers += 1;
        depth += 1;
        if (depth > DEPTH_MAX) throw new BusError("invalid_value", `the value has more than ${DEPTH_MAX} levels`);
        if (containers > CONTAINERS_MAX)
          throw new BusError("invalid_value", `the value has more than ${CONTAINERS_MAX} arrays and objects`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
}

/** @returns the offset of the closing quote of a string; the length of the input without one. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
