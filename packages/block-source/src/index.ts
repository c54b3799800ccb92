/**
 * Blocks of a Bitcoin node by RPC, REST or from its blk*.dat files, behind one interface.
 *
 * @module @utxoracle/block-source
 */
export { bip34Height } from "./bip34-height.ts";
export type { BlockPlace, BlockSource, ChainTip } from "./block-source.ts";
export { BlockSourceError, type BlockSourceErrorCode, blockSourceErrorCodes } from "./error.ts";
export { FileBlocks, type FileBlocksOptions } from "./file-blocks.ts";
export { allPlacesFrom, firstBlockFrom, placesFrom } from "./find-blocks.ts";
export type { BlockLimits } from "./limits.ts";
export { type BlockOrigin, type NodeInterface, type OpenBlocksOptions, openBlocks } from "./open-blocks.ts";
export { type ReadBlockFilesOptions, readBlockFiles, type StoredBlock } from "./read-block-files.ts";
export { readBlocks } from "./read-blocks.ts";
export { RestBlocks, type RestBlocksOptions } from "./rest-blocks.ts";
export { type BlocksNode, RpcBlocks, type RpcBlocksOptions } from "./rpc-blocks.ts";
