/** Writes numbers and strings, little-endian, into a growing buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  uint8(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Writes a string as UTF-16 code units, so that any string is restored exactly. */
  text(value: string): void {
    this.uint32(value.length);
    this.#reserve(2 * value.length);
    for (let i = 0; i < value.length; i++) {
      this.#view.setUint16(this.#length, value.charCodeAt(i), true);
      this.#length += 2;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote. @throws RangeError past the end */
export class ByteReader {
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#position === this.#view.byteLength;
  }

  uint8(): number {
    this.#position += 1;
    return this.#view.getUint8(this.#position - 1);
  }

  uint32(): number {
    this.#position += 4;
    return this.#view.getUint32(this.#position - 4, true);
  }

  float64(): number {
    this.#position += 8;
    return this.#view.getFloat64(this.#position - 8, true);
  }

  text(longest: number): string {
    const length = this.uint32();
    if (length > longest) throw new RangeError(`a text of ${length} characters`);
    let text = "";
    for (let i = 0; i < length; i++) {
      text += String.fromCharCode(this.#view.getUint16(this.#position, true));
      this.#position += 2;
    }
    return text;
  }
}

/** CRC-32 (IEEE 802.3) of the bytes from `start` on. */
export function crc32(bytes: Uint8Array, start: number): number {
  let crc = 0xffffffff;
  for (let i = start; i < bytes.length; i++)
    crc = (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
