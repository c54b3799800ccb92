/** A block's position in the best chain, and what its header says. */
export interface BlockPlace {
  readonly height: number;
  /** 64 hex digits. */
  readonly hash: string;
  /** Null for the genesis block. */
  readonly previousHash: string | null;
  /** The header's time, Unix seconds. */
  readonly time: number;
}

/** The end of the chain as a source sees it. */
export interface ChainTip {
  /** `main`, `test`, `testnet4`, `signet` or `regtest`. */
  readonly chain: string;
  readonly height: number;
  /**
   * Number of blocks above `height` that the node has only headers of; large while it is syncing.
   */
  readonly missingBlocks: number;
  /** True while the node may not even know the headers it lacks; `missingBlocks` can be 0 then. */
  readonly initialBlockDownload: boolean;
  /** 0..1. */
  readonly verificationProgress: number;
}

/** Reads blocks of the best chain. Every call may throw {@link BlockSourceError}. */
export interface BlockSource {
  /** Where this source reads from. */
  readonly kind: "rpc" | "rest" | "files";
  /** The current tip; asks the node again on every call. */
  tip(): Promise<ChainTip>;
  /**
   * The lowest height from which {@link places} works; at most `height` if the source reaches that
   * far back.
   */
  reach(height: number): Promise<number>;
  /** `count` consecutive blocks of the best chain, lowest first; each is the parent of the next. */
  places(firstHeight: number, count: number): Promise<BlockPlace[]>;
  /** The serialized block. */
  block(place: BlockPlace): Promise<Uint8Array>;
  /** Releases files and connections. */
  close(): void;
}
