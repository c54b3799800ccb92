import { expect, it } from "vitest";
import {
  allPlacesFrom,
  bip34Height,
  firstBlockFrom,
  openBlocks,
  placesFrom,
  RestBlocks,
  readBlocks,
} from "../src/index.ts";

const none = undefined as never;
const source = { places: async () => [], block: async () => new Uint8Array() } as never;

it.each<[string, () => unknown, RegExp]>([
  ["openBlocks()", () => openBlocks(none), /origin must be \{ directory \} or \{ url, auth \}, got undefined/],
  ["openBlocks(path)", () => openBlocks("/blocks" as never), /origin must be .* got a string/],
  ["openBlocks({})", () => openBlocks({} as never), /origin must be .* got neither/],
  ["openBlocks({ directory: 1 })", () => openBlocks({ directory: 1 } as never), /directory must be the path/],
  [
    "openBlocks(origin, null)",
    () => openBlocks({ directory: "/" }, null as never),
    /options must be an object, got null/,
  ],
  [
    "openBlocks with a wrong url",
    () => openBlocks({ url: "127.0.0.1", auth: { cookiePath: "c" } }),
    /url must be an address like/,
  ],
  ["new RestBlocks()", () => new RestBlocks(none), /url must be an address like .* got undefined/],
  ["readBlocks()", () => readBlocks(none, []).next(), /source must be a block source/],
  ["readBlocks(source)", () => readBlocks(source, none).next(), /places must be an array, got undefined/],
  ["placesFrom({})", () => placesFrom({} as never, 0, 1).next(), /source must be a block source.* got an object/],
  [
    "placesFrom(source, text)",
    () => placesFrom(source, "1" as never, 1).next(),
    /height must be a whole number .* got a string/,
  ],
  ["allPlacesFrom(source, -1)", () => allPlacesFrom(source, -1, 1), /height must be a whole number .* got -1/],
  ["firstBlockFrom(source)", () => firstBlockFrom(source, none, 1), /time must be Unix seconds/],
  ["bip34Height()", () => bip34Height(none), /block must be a Uint8Array, got undefined/],
])("%s names the wrong argument", async (_, call, message) => {
  await expect((async () => await call())()).rejects.toThrow(message);
});
