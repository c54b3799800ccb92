const WORD_COUNT = 8;
const HEX_LENGTH = 64;
/** One of the 32 bytes holds the length. */
const LONGEST_SHORT = 31;

/** What the 32 bytes contain. */
const HEX = 0;
const SHORT_TEXT = 1;

/**
 * Value of a hex digit by character code; 255 otherwise, also for upper case, since ids are stored
 * exactly.
 */
const DIGIT_VALUES = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;

/** Two bytes as four hex digits. */
const HALF_WORD_HEX: string[] = [];
function halfWordHex(value: number): string {
  if (HALF_WORD_HEX.length === 0) for (let i = 0; i < 0x10000; i++) HALF_WORD_HEX.push(i.toString(16).padStart(4, "0"));
  return HALF_WORD_HEX[value] as string;
}

/**
 * A transaction id as eight 32-bit words: 64 hex digits, or up to 31 Latin-1 characters with their
 * length.
 */
export class PackedTxid {
  readonly words: Uint32Array = new Uint32Array(WORD_COUNT);
  kind: number = HEX;

  /** @returns false if the id fits neither form; then `words` has no meaning */
  pack(txid: string): boolean {
    if (txid.length === HEX_LENGTH) return this.#packHex(txid);
    return txid.length <= LONGEST_SHORT && this.#packShort(txid);
  }

  unpack(words: Uint32Array, kind: number): string {
    if (kind === HEX) {
      let text = "";
      for (let i = 0; i < WORD_COUNT; i++) {
        const word = words[i] as number;
        text += halfWordHex(word >>> 16) + halfWordHex(word & 0xffff);
      }
      return text;
    }
    const length = (words[WORD_COUNT - 1] as number) >>> 24;
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(((words[i >> 2] as number) >>> ((i & 3) << 3)) & 0xff);
    return text;
  }

  hash(): number {
    return PackedTxid.hash(this.words, 0);
  }

  /** Mixes eight words from `start` into 32 bits (multiply and shift, constants of MurmurHash3). */
  static hash(words: Uint32Array, start: number): number {
    let hash = 0;
    for (let i = start; i < start + WORD_COUNT; i++) {
      hash = Math.imul(hash ^ (words[i] as number), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #packHex(txid: string): boolean {
    this.kind = HEX;
    for (let i = 0; i < WORD_COUNT; i++) {
      let word = 0;
      for (let at = i * 8; at < i * 8 + 8; at++) {
        const value = DIGIT_VALUES[txid.charCodeAt(at)];
        if (value === undefined || value === 255) return false;
        word = (word << 4) | value;
      }
      this.words[i] = word;
    }
    return true;
  }

  #packShort(txid: string): boolean {
    this.kind = SHORT_TEXT;
    this.words.fill(0);
    for (let i = 0; i < txid.length; i++) {
      const code = txid.charCodeAt(i);
      if (code > 0xff) return false;
      this.words[i >> 2] = (this.words[i >> 2] as number) | (code << ((i & 3) << 3));
    }
    this.words[WORD_COUNT - 1] = (this.words[WORD_COUNT - 1] as number) | (txid.length << 24);
    return true;
  }
}
