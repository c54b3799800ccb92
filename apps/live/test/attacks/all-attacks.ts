import type { Attack } from "./attack.ts";
import { connectionRush } from "./connection-rush.ts";
import { frameFloods } from "./frame-floods.ts";
import { hostileCaptures } from "./hostile-captures.ts";
import {
  chainNameAsPath,
  endlessMempool,
  endlessRpcAnswer,
  endlessTransaction,
  longRpcError,
  tricklingRpc,
} from "./hostile-rpc.ts";
import { hostileStores } from "./hostile-stores.ts";
import { endlessMessage, endlessSmallParts, falseBlocks, junkMessages } from "./hostile-zmq.ts";
import { idleConnections } from "./idle-connections.ts";
import { mqttFlood } from "./mqtt-flood.ts";
import { muteFeed } from "./mute-feed.ts";
import { natsFalseMessages } from "./nats-false-messages.ts";
import { natsFlood } from "./nats-flood.ts";
import { pipelinedRequests } from "./pipelined-requests.ts";
import { slowRequests } from "./slow-requests.ts";
import { snapshotRequests } from "./snapshot-requests.ts";
import { unreadAnswers } from "./unread-answers.ts";
import { upgradeFloods } from "./upgrade-floods.ts";

/** All attacks, in the order of the table in `docs/security.md`. */
export const allAttacks: readonly Attack[] = [
  idleConnections,
  slowRequests,
  pipelinedRequests,
  unreadAnswers,
  snapshotRequests,
  frameFloods,
  upgradeFloods,
  connectionRush,
  endlessRpcAnswer,
  endlessMempool,
  endlessTransaction,
  longRpcError,
  tricklingRpc,
  chainNameAsPath,
  junkMessages,
  endlessMessage,
  endlessSmallParts,
  falseBlocks,
  muteFeed,
  hostileCaptures,
  hostileStores,
  natsFalseMessages,
  natsFlood,
  mqttFlood,
];
