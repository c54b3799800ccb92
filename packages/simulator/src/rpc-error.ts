/** An RPC error with Bitcoin Core's code and message. */
export class RpcCallError extends Error {
  override readonly name = "RpcCallError";
  readonly rpcCode: number;

  constructor(rpcCode: number, message: string) {
    super(message);
    this.rpcCode = rpcCode;
  }
}

/** RPC error codes of Bitcoin Core (src/rpc/protocol.h). */
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
