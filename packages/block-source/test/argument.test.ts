import { expect, it } from "vitest";
import {
  allPlacesFrom,
  bip34Height,
  firstBlockFrom,
  openBlocks,
  placesFrom,
  RestBlocks,
  readBlockFiles,
  readBlocks,
} from "../src/index.ts";

const node = { url: "http://127.0.0.1:9", auth: { cookiePath: "c" } };
const none = undefined as never;
const source = { places: async () => [], block: async () => new Uint8Array() } as never;

it.each<[string, () => unknown, RegExp]>([
  ["openBlocks()", () => openBlocks(none), /origin must be \{ directory \} or \{ url, auth \}, got undefined/],
  ["openBlocks(path)", () => openBlocks("/blocks" as never), /origin must be .* got a string/],
  ["openBlocks({})", () => openBlocks({} as never), /origin must be .* got neither/],
  ["two origins", () => openBlocks({ directory: "/", url: "http://127.0.0.1:9" } as never), /origin.url is no option/],
  ["via RPC", () => openBlocks({ ...node, via: "RPC" as never }), /origin.via must be auto, rpc or rest, got "RPC"/],
  ["an unknown option", () => openBlocks(node, { limit: {} } as never), /limit is no option; .*limits/],
  ["an unknown limit", () => openBlocks(node, { limits: { maxBlock: 5 } as never }), /limits.maxBlock is no option/],
  [
    "a limit as text",
    () => openBlocks(node, { limits: { maxBlocks: "5" as never } }),
    /limits.maxBlocks must be a whole/,
  ],
  ["a controller", () => openBlocks(node, { signal: new AbortController() as never }), /signal must be the signal/],
  ["no function", () => openBlocks(node, { onNotice: 5 as never }), /onNotice must be a function, got 5/],
  ["a signal alone", () => readBlockFiles("/", AbortSignal.abort() as never).next(), /options must be an object/],
  ["{ signal }", () => readBlocks(source, [], { signal: undefined } as never).next(), /signal must be the signal of/],
  ["heights", () => readBlocks(source, [5] as never).next(), /places\[0\] must be \{ height, hash, … \}/],
  ["milliseconds", () => firstBlockFrom(source, 1_796_026_260_470, 1), /time must be Unix seconds, got 1796026260470/],
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
