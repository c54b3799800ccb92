import type { Attack } from "./attack.ts";
import {
  chainNameAsPath,
  endlessMempool,
  endlessRpcAnswer,
  endlessTransaction,
  longRpcError,
  tricklingRpc,
} from "./hostile-rpc.ts";
import { idleConnections } from "./idle-connections.ts";
import { natsFalseMessages } from "./nats-false-messages.ts";
import { natsFlood } from "./nats-flood.ts";

/** Every attack, in the order of `docs/security.md`'s table. */
export const allAttacks: readonly Attack[] = [
  idleConnections,
  endlessRpcAnswer,
  endlessMempool,
  endlessTransaction,
  longRpcError,
  tricklingRpc,
  chainNameAsPath,
  natsFalseMessages,
  natsFlood,
];
