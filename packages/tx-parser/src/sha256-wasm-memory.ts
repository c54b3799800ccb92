// Memory of the WebAssembly engine besides jobs, digests and messages. Addresses in bytes.

/** SHA-256's 64 round constants. */
export const roundConstantsAddress = 0;
/** SHA-256's 8 initial words. */
export const initialStateAddress = 256;
/** Per lane: position, blocks left, job, stride. */
export const lanesAddress = 320;
export const jobCountAddress = 384;
export const nextJobAddress = 388;
export const activeLanesAddress = 392;
/** Eight vectors, each word w of all four lanes; or eight words when a single message is hashed. */
export const stateAddress = 768;
/** 64 vectors; or the inputs of the next four rounds when a single message is hashed. */
export const scheduleAddress = 1024;
/**
 * Per lane two blocks, plus space that is cleared behind them: the padded end of a message, then of
 * its digest.
 */
export const tailsAddress = 2048;
export const tailBytes = 160;
/**
 * Per job 64 ASCII characters: the digest as an id. The gaps hold the quotes and comma that turn
 * them into a JSON array (src/batch-ids.ts).
 */
export const hexIdsAddress = 24577;
export const hexIdBytes = 67;
