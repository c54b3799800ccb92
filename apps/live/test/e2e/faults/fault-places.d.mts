/** A part of the program that can be made to fail; see `fault-places.mjs`. */
export type FaultyPart =
  | "feed"
  | "sync"
  | "chain"
  | "thread"
  | "dayThread"
  | "ticker"
  | "history"
  | "track"
  | "lease"
  | "relay"
  | "clock"
  | "edgeConnection"
  | "edgeStep"
  | "edgeDelta"
  | "edgeTimer"
  | "record";

export declare const faultPlaces: Readonly<Record<FaultyPart, RegExp>>;
