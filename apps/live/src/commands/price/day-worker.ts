import { parentPort, workerData } from "node:worker_threads";
import { BlockSourceError, type BlockSourceErrorCode } from "@utxoracle/block-source";
import type { Engine } from "@utxoracle/models";
import { Secret } from "../../config/secret.ts";
import { type BlockAccess, openBlockAccess } from "./block-access.ts";
import { priceOfWindow, type WindowPrice } from "./window-price.ts";

/** Input that all days share. */
export interface DayWorkerData {
  readonly access: BlockAccess;
  readonly engine: Engine | null;
  /** Unix seconds. */
  readonly now: number;
}

/** The worker's reply to a day. */
export type DayAnswer =
  | { readonly day: string; readonly price: WindowPrice }
  | { readonly day: string; readonly problem: { readonly code: BlockSourceErrorCode; readonly message: string } };

/**
 * Start data of a worker. A {@link Secret} cannot be cloned to a thread, so the password is
 * separate.
 */
export type DayWorkerStart = DayWorkerData & { readonly password: string | null };

const { access, engine, now, password } = workerData as DayWorkerStart;
const port = parentPort;
if (port === null) throw new Error("day-worker runs in a worker thread");
const opened = openBlockAccess(password === null ? access : withPassword(access, new Secret(password)));
// Prevents an unhandled rejection: answer() reports the failure with the first day.
opened.catch(() => undefined);

port.on("message", (day: string) => {
  answer(day).then(
    (message) => port.postMessage(message),
    // Not a BlockSourceError but a bug: end the worker, and with it the command.
    (error: unknown) => {
      setImmediate(() => {
        throw error;
      });
    },
  );
});

function withPassword({ from, chain }: BlockAccess, password: Secret): BlockAccess {
  return "auth" in from && "user" in from.auth
    ? { from: { ...from, auth: { user: from.auth.user, password } }, chain }
    : { from, chain };
}

async function answer(day: string): Promise<DayAnswer> {
  try {
    const { source } = await opened;
    return { day, price: await priceOfWindow(source, { kind: "day", day }, { engine, now }) };
  } catch (error) {
    if (!(error instanceof BlockSourceError)) throw error;
    return { day, problem: { code: error.code, message: error.message } };
  }
}
