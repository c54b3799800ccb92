import type { IncomingMessage } from "node:http";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import * as ws from "ws";

/** The end of a flushed deflate block, which is not sent (RFC 7692, section 7.2.1). */
const TRAILER = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const NOTHING = Buffer.alloc(0);
/** Smaller messages do not shrink. */
const DEFLATE_MIN_BYTES = 64;
/** Larger messages are not compressed: they would block the event loop, 10 ms per 256 KiB. */
const DEFLATE_MAX_BYTES = 256 * 1024;

/**
 * Compresses a message for `permessage-deflate` without context takeover.
 *
 * @returns null if the message is sent uncompressed: too small, too large, or it would not shrink
 */
export function deflateMessage(payload: Uint8Array): Buffer | null {
  if (payload.byteLength < DEFLATE_MIN_BYTES || payload.byteLength > DEFLATE_MAX_BYTES) return null;
  const deflated = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  const length = deflated.byteLength - TRAILER.byteLength;
  return length < payload.byteLength ? deflated.subarray(0, length) : null;
}

/**
 * Parts of `ws` without types of their own. The version of `ws` is pinned, and tests use each part.
 */
interface UntypedParts {
  readonly extension: { parse(header: string): Readonly<Record<string, unknown[]>> };
  readonly PerMessageDeflate: {
    new (
      options: Readonly<Record<string, unknown>>,
    ): {
      accept(configurations: unknown[]): void;
      decompress(data: Buffer, isLast: boolean, callback: Decompressed): void;
    };
    readonly extensionName: string;
  };
  readonly WebSocketServer: new (
    options: ws.ServerOptions,
  ) => ws.WebSocketServer & {
    readonly options: { readonly maxPayload: number };
    completeUpgrade(extensions: Record<string, unknown>, key: string, protocols: Set<string>, ...rest: unknown[]): void;
  };
}
const { extension, PerMessageDeflate, WebSocketServer } = ws as unknown as UntypedParts;

type Decompressed = (error: Error | null, data?: Buffer) => void;

/**
 * The `permessage-deflate` extension of one connection, without memory for a compressor or
 * decompressor: neither side keeps a context between messages, messages to clients are compressed
 * elsewhere, and each message of a client is decompressed with a decompressor of its own.
 */
class SharedDeflate extends PerMessageDeflate {
  readonly #maxBytes: number;
  readonly #fragments: Buffer[] = [];

  constructor(maxBytes: number) {
    super({
      ...{ isServer: true, maxPayload: maxBytes },
      ...{ serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: false },
    });
    this.#maxBytes = maxBytes;
  }

  /**
   * @param data compressed bytes of a fragment; `ws` limits their total to the maximum message size
   */
  override decompress(data: Buffer, isLast: boolean, callback: Decompressed): void {
    this.#fragments.push(data);
    if (!isLast) {
      process.nextTick(callback, null, NOTHING);
      return;
    }
    const compressed = Buffer.concat(this.#fragments.splice(0));
    try {
      const message = inflateRawSync(Buffer.concat([compressed, TRAILER]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: this.#maxBytes,
      });
      // Not synchronously: many frames in one chunk would nest.
      process.nextTick(callback, null, message);
    } catch {
      // Creates the error with its close code. The connection closes, and with it the decompressor.
      super.decompress(compressed, true, callback);
    }
  }
}

/** Accepts the first usable offer of a client. Null for none: messages are then not compressed. */
function negotiated(offer: string | undefined, maxBytes: number): SharedDeflate | null {
  if (offer === undefined) return null;
  try {
    const configurations = extension.parse(offer)[PerMessageDeflate.extensionName];
    if (configurations === undefined) return null;
    const deflate = new SharedDeflate(maxBytes);
    deflate.accept(configurations);
    return deflate;
  } catch {
    // Malformed, or only offers that limit the window of the shared frames.
    return null;
  }
}

/** A `ws` server that negotiates {@link SharedDeflate} instead of a compressor per client. */
export class DeflatingServer extends WebSocketServer {
  override completeUpgrade(
    extensions: Record<string, unknown>,
    key: string,
    protocols: Set<string>,
    ...rest: unknown[]
  ): void {
    const { headers } = rest[0] as IncomingMessage;
    const deflate = negotiated(headers["sec-websocket-extensions"], this.options.maxPayload);
    if (deflate !== null) extensions[PerMessageDeflate.extensionName] = deflate;
    super.completeUpgrade(extensions, key, protocols, ...rest);
  }
}
