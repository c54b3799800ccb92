/** An error that the stand-in node answers to an RPC call: Bitcoin Core's numbers and messages. */
export class RpcCallError extends Error {
  override readonly name = "RpcCallError";
  readonly rpcCode: number;

  constructor(rpcCode: number, message: string) {
    super(message);
    this.rpcCode = rpcCode;
  }
}

/** Bitcoin Core's error numbers (src/rpc/protocol.h) that occur here. */
export const RPC_ERRORS = {
  misc: -1,
  typeError: -3,
  invalidAddressOrKey: -5,
  invalidParameter: -8,
  inWarmup: -28,
  invalidRequest: -32600,
  methodNotFound: -32601,
  parse: -32700,
} as const;
