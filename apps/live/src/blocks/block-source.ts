/** A block's place in the best chain, and what its header says. */
export interface BlockPlace {
  readonly height: number;
  readonly hash: string;
  readonly previousHash: string | null;
  /** The miner's time, Unix seconds. */
  readonly time: number;
}

/** The end of the chain as a source sees it. */
export interface ChainTip {
  /** `main`, `test`, `testnet4`, `signet`, `regtest`. */
  readonly chain: string;
  readonly height: number;
  /** How many blocks above it are known by their headers only: a node that catches up has many. */
  readonly missingBlocks: number;
  /** The node may not even know the headers of what it lacks: `missingBlocks` is 0 then. */
  readonly initialBlockDownload: boolean;
  /** 0..1. */
  readonly verificationProgress: number;
}

/** Where blocks come from. Every call may throw {@link BlocksError}. */
export interface BlockSource {
  readonly kind: "rpc" | "rest" | "files";
  /** Asked anew at every call. */
  tip(): Promise<ChainTip>;
  /** The lowest height from which {@link places} can tell blocks, at most `height` if the source reaches there. */
  reach(height: number): Promise<number>;
  /** Places of blocks of the best chain, lowest first; each is the parent of the next. */
  places(firstHeight: number, count: number): Promise<BlockPlace[]>;
  /** The bytes of a block. */
  block(place: BlockPlace): Promise<Uint8Array>;
  close(): void;
}
