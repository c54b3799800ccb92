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
  | "windowSave"
  | "poll"
  | "endpoints"
  | "probe"
  | "pauses"
  | "zmqFrames"
  | "zmqMonitor"
  | "zmqUnfinished"
  | "replay"
  | "blockPath"
  | "savedData"
  | "lock"
  | "descriptors"
  | "mqttConnection"
  | "mqttState"
  | "mqttWritten"
  | "lease"
  | "relay"
  | "clock"
  | "query"
  | "edgeConnection"
  | "edgeStep"
  | "edgeDelta"
  | "edgeTimer"
  | "record";

export declare const faultPlaces: Readonly<Record<FaultyPart, RegExp>>;

export declare const hurries: Readonly<Partial<Record<FaultyPart, readonly [RegExp, string]>>>;
