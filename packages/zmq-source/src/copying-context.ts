import { Context } from "zeromq";

/** ZMQ_ZERO_COPY_RECV (zmq.h of libzmq); zeromq.js has no name for it. */
const ZERO_COPY_RECEIVE = 10;

/**
 * Copies each received message into its own memory. By default ZeroMQ returns views of its receive
 * buffers of about 18 KB. A node sends small messages one by one, so each queued transaction would
 * keep fifty times its size in memory, unseen by the garbage collector.
 */
class CopyingContext extends Context {
  constructor() {
    super();
    this.setBoolOption(ZERO_COPY_RECEIVE, false);
  }
}

let shared: Context | null = null;

/** Shared by all subscriptions of the process, because each context has a thread. */
export function copyingContext(): Context {
  shared ??= new CopyingContext();
  return shared;
}
