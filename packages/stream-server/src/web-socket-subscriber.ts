import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";
import type { Clock } from "./clock.ts";
import { closeCodes } from "./close-codes.ts";
import type { EncodedMessage } from "./encoded-message.ts";
import { MessageRate } from "./message-rate.ts";
import type { CloseCause } from "./stream-event.ts";
import type { StreamLimits } from "./stream-limits.ts";
import { Subscriber } from "./subscriber.ts";
import { TakenBytes } from "./taken-bytes.ts";
import { textFrame } from "./web-socket-frame.ts";

const WEB_SOCKET_OPEN = 1;
const PONG_MESSAGE = textFrame(Buffer.from('{"type":"pong"}'));
/** Random bytes per ping, so that only a client that has read a ping can reply to it. */
const PING_BYTES = 4;
const PING_VALUES = 2 ** (8 * PING_BYTES);
/** Number of recent pings whose pongs count. */
const PINGS_REMEMBERED = 8;
/**
 * Spreads the first pings of simultaneous clients evenly over the interval (low-discrepancy
 * sequence).
 */
const GOLDEN_RATIO_FRACTION = 0.618_033_988_75;

/** Error codes of the `ws` library for invalid frames, with the close codes it sends. */
const codesOfFrameErrors: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: closeCodes.messageTooBig,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: closeCodes.messageTooBig,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: closeCodes.policyViolation,
  WS_ERR_INVALID_UTF8: closeCodes.invalidPayload,
  // Of zlib: not compressed as negotiated.
  Z_DATA_ERROR: closeCodes.invalidPayload,
};

const isFrameError = (code: string): boolean => code.startsWith("WS_ERR_") || code in codesOfFrameErrors;

/** Callbacks of a {@link WebSocketSubscriber}. */
export interface WebSocketListener {
  snapshotRequested(client: WebSocketSubscriber): void;
  closed(client: WebSocketSubscriber, cause: CloseCause, code: number): void;
}

/**
 * A WebSocket client. The `ws` library does the handshake, reads frames and closes. Messages are
 * written to the socket as prepared frames, so that all clients share the bytes. This is safe
 * because `ws` writes each of its own frames at once, so that frames never interleave: it
 * compresses none, since no message is sent through it.
 */
export class WebSocketSubscriber extends Subscriber {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  /** Whether the client negotiated `permessage-deflate`. */
  readonly #isDeflated: boolean;
  readonly #limits: StreamLimits;
  readonly #clock: Clock;
  readonly #listener: WebSocketListener;
  readonly #rate: MessageRate;
  readonly #taken: TakenBytes;
  /** When the client last proved that it reads. */
  #readAtMs: number;
  /** Values of unanswered pings, oldest first. */
  readonly #pings: number[] = [];
  #nextPingAtMs: number;
  #closing: { cause: CloseCause; code: number } | null = null;
  #framesWhileClosing = 0;

  constructor(
    id: number,
    address: string,
    connection: { webSocket: WebSocket; socket: Socket },
    limits: StreamLimits,
    clock: Clock,
    listener: WebSocketListener,
  ) {
    const now = clock.now();
    super(id, "websocket", address, now);
    this.#webSocket = connection.webSocket;
    this.#socket = connection.socket;
    this.#isDeflated = connection.webSocket.extensions.includes("permessage-deflate");
    this.#limits = limits;
    this.#clock = clock;
    this.#listener = listener;
    this.#rate = new MessageRate(limits.maxMessagesPerSecond);
    this.#readAtMs = now;
    this.#taken = new TakenBytes(connection.socket, limits.stallTimeoutMs);
    this.#nextPingAtMs = now + limits.pingIntervalMs * ((id * GOLDEN_RATIO_FRACTION) % 1);
    const { webSocket } = connection;
    webSocket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    webSocket.on("ping", () => this.#withinRate());
    webSocket.on("pong", (data) => {
      if (this.#withinRate()) this.#onPong(data);
    });
    webSocket.on("error", (error) => this.#onError(error));
    webSocket.on("close", (code) => {
      const { cause, code: sent } = this.#closing ?? { cause: "client", code };
      listener.closed(this, cause, sent);
    });
  }

  get isOpen(): boolean {
    return this.#closing === null && this.#webSocket.readyState === WEB_SOCKET_OPEN;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  send(message: EncodedMessage): void {
    this.#socket.write(this.#isDeflated ? message.deflatedFrame : message.webSocketFrame);
  }

  close(cause: CloseCause): void {
    const { pongTimeoutMs, maxMessagesPerSecond } = this.#limits;
    if (cause === "shutdown") {
      this.#close(cause, closeCodes.goingAway, "the server is shutting down");
    } else if (cause === "no_pong") {
      this.#close(cause, closeCodes.tryAgainLater, `no pong within ${pongTimeoutMs / 1000} s`);
    } else if (cause === "slow_reader") {
      this.#close(cause, closeCodes.tryAgainLater, "reading too slowly");
    } else {
      const reason = `more than ${maxMessagesPerSecond} messages per second`;
      if (this.isOpen) this.#socket.write(errorFrame("too_many_messages", reason));
      this.#close(cause, closeCodes.policyViolation, reason);
    }
  }

  terminate(cause: CloseCause): void {
    this.#closing ??= { cause, code: closeCodes.noCloseFrame };
    this.#webSocket.terminate();
  }

  heartbeat(nowMs: number): void {
    if (!this.isOpen) return;
    const taken = this.#taken.check(this.bufferedBytes, nowMs);
    if (taken === "progress") this.#readAtMs = nowMs;
    // Pongs do not count here: they may be held back.
    if (taken === "stalled") {
      this.close("slow_reader");
    } else if (nowMs - this.#readAtMs >= this.#limits.pongTimeoutMs) {
      this.close("no_pong");
    } else if (nowMs >= this.#nextPingAtMs) {
      this.#ping();
      this.#nextPingAtMs = nowMs + this.#limits.pingIntervalMs;
    }
  }

  #ping(): void {
    const value = randomInt(PING_VALUES);
    this.#pings.push(value);
    if (this.#pings.length > PINGS_REMEMBERED) this.#pings.shift();
    const data = Buffer.allocUnsafe(PING_BYTES);
    data.writeUInt32BE(value);
    this.#webSocket.ping(data);
  }

  /** Accepts only pongs that match a ping: a client that reads nothing could send others. */
  #onPong(data: Buffer): void {
    const index = data.byteLength === PING_BYTES ? this.#pings.indexOf(data.readUInt32BE()) : -1;
    if (index === -1) return;
    this.#pings.splice(0, index + 1);
    this.#readAtMs = this.#clock.now();
  }

  #close(cause: CloseCause, code: number, reason: string): void {
    if (this.#closing !== null) return;
    this.#closing = { cause, code };
    this.#webSocket.close(code, reason);
  }

  /** Counts a frame of the client and closes the connection if it exceeds the rate. */
  #withinRate(): boolean {
    if (this.#closing !== null) {
      // Disconnects a client that keeps sending during the closing handshake.
      this.#framesWhileClosing += 1;
      if (this.#framesWhileClosing > this.#limits.maxMessagesPerSecond) this.terminate("message_flood");
      return false;
    }
    if (this.#rate.allows(this.#clock.now())) return true;
    this.close("message_flood");
    return false;
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (!this.#withinRate() || isBinary) return;
    const type = messageType(data);
    if (type === "snapshot") this.#listener.snapshotRequested(this);
    else if (type === "ping" && this.bufferedBytes <= this.#limits.dropAboveBytes) this.#socket.write(PONG_MESSAGE);
  }

  /** Records a malformed or oversized frame, for which `ws` has already sent the close code. */
  #onError(error: Error & { code?: string }): void {
    if (this.#closing !== null || error.code === undefined || !isFrameError(error.code)) return;
    this.#closing = { cause: "protocol_error", code: codesOfFrameErrors[error.code] ?? closeCodes.protocolError };
  }
}

function errorFrame(code: string, message: string): Buffer {
  return textFrame(Buffer.from(JSON.stringify({ type: "error", data: { code, message } })));
}

/** The `type` of a client's message; undefined if there is none. Invalid messages are ignored. */
function messageType(data: RawData): unknown {
  try {
    const message: unknown = JSON.parse(data.toString());
    return typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
  } catch {
    return undefined;
  }
}
