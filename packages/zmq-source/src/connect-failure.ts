import type { ConnectProblem } from "./event.ts";
import { publisherAddress } from "./publisher-address.ts";
import type { FeedTopic } from "./topic.ts";

/** One sentence for an operator: what is wrong at the address and what to do. */
export function connectFailureMessage(problem: ConnectProblem, address: string, topics: readonly FeedTopic[]): string {
  const settings = topics.map((topic) => `zmqpub${topic}=${publisherAddress(address)}`).join(", ");
  switch (problem) {
    case "refused":
      return `nothing answers at ${address}: start the node, or put ${settings} into its bitcoin.conf and restart it`;
    case "unresolved":
      return `${address} cannot be reached: its host name has no address, or its socket file does not exist; check the spelling`;
    case "silent":
      return `${address} accepts connections but does not speak: it is no ZMQ publisher, or what should answer hangs`;
    case "no_socket":
      return `${address}: no further socket can be opened: raise the limit of open files (ulimit -n), or close what holds them`;
    case "not_zmq":
      return `what answers at ${address} is no ZMQ publisher (the RPC port, a web server, or a container's port with nothing behind it): use the address of ${topics.map((topic) => `zmqpub${topic}`).join(", ")} in the node's bitcoin.conf`;
  }
}
