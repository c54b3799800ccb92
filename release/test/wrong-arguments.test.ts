import * as blockSource from "@utxoracle/block-source";
import * as estimator from "@utxoracle/estimator";
import * as accuracy from "@utxoracle/estimator/accuracy";
import * as models from "@utxoracle/models";
import * as nodeRpc from "@utxoracle/node-rpc";
import * as streamServer from "@utxoracle/stream-server";
import * as txParser from "@utxoracle/tx-parser";
import * as addresses from "@utxoracle/tx-parser/address";
import * as viz from "@utxoracle/viz";
import * as vizClient from "@utxoracle/viz/client";
import * as zmqSource from "@utxoracle/zmq-source";
import { expect, it } from "vitest";

// Calls every exported function and class with arguments of the wrong kind. What fails must name
// the argument instead of showing where inside the package it failed.

/** Files that do not exist in this folder, so that no call reads or writes one. */
const wrong: readonly unknown[] = [undefined, null, 7, -1, Number.NaN, true, "no/such/file", {}, []];

/** Messages of the JavaScript engine or of Node.js for a value that was used without a check. */
const unchecked =
  /^Cannot |is not (a function|iterable|a constructor|defined)|^Invalid (array|typed array|time value)|must be of type|^The (first|second) argument|Unknown type/;

/** Functions that exist in browsers only, and fail in Node.js for that reason. */
const browserOnly = new Set(["HistoryChart", "MempoolVisualizer"]);

type Callable = ((...values: unknown[]) => unknown) & { readonly prototype?: object };

async function errorOf(callable: Callable, isClass: boolean, values: readonly unknown[]): Promise<Error | null> {
  try {
    const made = isClass
      ? Reflect.construct(callable as unknown as new () => unknown, values)
      : await callable(...values);
    const iterable = made as Partial<AsyncIterable<unknown>> | null | undefined;
    if (typeof made === "object" && iterable !== null && iterable?.[Symbol.asyncIterator] !== undefined) {
      const iterator = (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
    }
    const { close } = (made ?? {}) as { close?: unknown };
    if (typeof close === "function") await close.call(made);
    return null;
  } catch (error) {
    return error as Error;
  }
}

it.each(
  Object.entries({
    blockSource,
    estimator,
    accuracy,
    models,
    nodeRpc,
    streamServer,
    txParser,
    addresses,
    viz,
    vizClient,
    zmqSource,
  }),
)("%s: errors for wrong arguments name the argument", async (_package, exports) => {
  const unnamed: string[] = [];
  for (const [name, exported] of Object.entries(exports)) {
    if (typeof exported !== "function" || name.endsWith("Error") || browserOnly.has(name)) continue;
    const callable = exported as unknown as Callable;
    const isClass = callable.toString().startsWith("class");
    const places = Math.max(1, callable.length);
    for (const value of wrong) {
      const error = await errorOf(callable, isClass, Array(places).fill(value));
      if (error !== null && unchecked.test(error.message))
        unnamed.push(`${name}(${JSON.stringify(value)}): ${error.message}`);
    }
  }
  expect(unnamed).toEqual([]);
});
