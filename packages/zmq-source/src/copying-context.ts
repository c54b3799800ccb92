import { Context } from "zeromq";

/** ZMQ_ZERO_COPY_RECV (zmq.h of libzmq); zeromq.js has no name for it. */
const ZERO_COPY_RECEIVE = 10;

/**
 * Sockets of this context get each message in memory of its own. By default ZeroMQ hands out views of its receive buffers
 * instead, some 18 KB each, and a node sends its small messages one by one: a transaction that waits to be processed, or to be
 * swept after it, then holds on to fifty times its size, of which the garbage collector knows nothing.
 */
class CopyingContext extends Context {
  constructor() {
    super();
    this.setBoolOption(ZERO_COPY_RECEIVE, false);
  }
}

let shared: Context | null = null;

/** One for all subscriptions of the process: it has a thread. */
export function copyingContext(): Context {
  shared ??= new CopyingContext();
  return shared;
}
