// Where the WebAssembly engine keeps what it needs besides jobs, digests and messages, in bytes.

/** SHA-256's 64 round constants. */
export const roundConstantsAddress = 0;
/** SHA-256's 8 initial words. */
export const initialStateAddress = 256;
/** Four times: position, blocks left, job, stride. */
export const lanesAddress = 320;
export const jobCountAddress = 384;
export const nextJobAddress = 388;
export const activeLanesAddress = 392;
/** Eight vectors: word w of all four lanes; or eight words when one message is hashed alone. */
export const stateAddress = 768;
/** 64 vectors, or 64 words. */
export const scheduleAddress = 1024;
/** Four times room for two blocks and what is cleared behind them: a message's padded end, then its digest, padded. */
export const tailsAddress = 2048;
export const tailBytes = 160;
/**
 * Per job 64 ASCII characters: the digest backwards in hex, as ids are written. With room for quotation
 * marks and a comma around each, which make a JSON array of them (src/batch-ids.ts).
 */
export const hexIdsAddress = 24577;
export const hexIdBytes = 67;
