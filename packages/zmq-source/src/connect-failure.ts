import type { ConnectProblem } from "./event.ts";
import { publisherAddress } from "./publisher-address.ts";
import type { FeedTopic } from "./topic.ts";

/** Message for operators: the problem at the address and its remedy. */
export function connectFailureMessage(problem: ConnectProblem, address: string, topics: readonly FeedTopic[]): string {
  const settings = topics.map((topic) => `zmqpub${topic}=${publisherAddress(address)}`).join(", ");
  const names = topics.map((topic) => `zmqpub${topic}`).join(", ");
  switch (problem) {
    case "refused":
      return `connection refused at ${address}: start the node, or add ${settings} to its bitcoin.conf and restart it`;
    case "unresolved":
      return `cannot resolve ${address}: unknown host name or missing socket file; check the spelling`;
    case "silent":
      return `${address} accepts connections but sends no ZMQ handshake: use the address of ${names} in the node's bitcoin.conf; if it is that address, the node hangs: restart it`;
    case "no_socket":
      return `cannot open a socket for ${address}: too many open files; raise the limit (ulimit -n) or close some`;
    case "not_zmq":
      return `${address} is not a ZMQ publisher, but an RPC port, a web server or an unused container port: use the address of ${names} in the node's bitcoin.conf`;
  }
}
