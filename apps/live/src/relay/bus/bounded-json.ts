import { budgets } from "../../config/budgets.ts";
import { BusError } from "./bus-error.ts";

/** Deepest nesting of anything that is published, with room. */
const DEPTH_MAX = 16;
/** Most arrays and objects in one value: a snapshot and a delta of 10,000 points each, with room. */
const { count: CONTAINERS_MAX } = budgets.natsStateUnpacked;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON whose nesting and number of arrays and objects are bounded. A text of brackets takes over a hundred times its
 * size as values.
 * @throws {BusError} `invalid_value`
 */
export function parseBoundedJson(bytes: Uint8Array): unknown {
  checkContainers(bytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BusError("invalid_value", "the value is not JSON in UTF-8", { cause });
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
        if (depth > DEPTH_MAX) throw new BusError("invalid_value", `the value is nested deeper than ${DEPTH_MAX}`);
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

/** Offset of the quote that ends a string; the length where none does. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return bytes.length;
}
