// Builds transactions byte by byte, independently of the package's serializer.

export interface HandMadeInput {
  /** Id of the spent transaction in wire byte order, 64 hex digits. */
  outpointTxid?: string;
  vout?: number;
  scriptSig?: string;
  sequence?: number;
  /** Items in hex. */
  witness?: string[];
}

export interface HandMadeTransaction {
  version?: number;
  inputs?: HandMadeInput[];
  outputs?: { valueSats: bigint | number; script?: string }[];
  lockTime?: number;
  /** Forces or forbids SegWit format. Default: SegWit if an input has a witness. */
  segwit?: boolean;
}

export const p2wpkhScript = `0014${"ab".repeat(20)}`;

export function littleEndian(value: bigint | number, bytes: number): string {
  let hex = "";
  for (let index = 0n; index < BigInt(bytes); index++)
    hex += ((BigInt(value) >> (8n * index)) & 0xffn).toString(16).padStart(2, "0");
  return hex;
}

/** A length prefix; `bytes` forces an encoding that may be longer than needed. */
export function lengthPrefix(value: bigint | number, bytes?: 1 | 3 | 5 | 9): string {
  const width = bytes ?? (value < 0xfd ? 1 : value < 0x10000 ? 3 : value < 0x100000000 ? 5 : 9);
  if (width === 1) return littleEndian(value, 1);
  return { 3: "fd", 5: "fe", 9: "ff" }[width] + littleEndian(value, width - 1);
}

const prefixed = (hex: string): string => lengthPrefix(hex.length / 2) + hex;

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function transactionHex(transaction: HandMadeTransaction): string {
  const { version = 2, inputs = [{}], outputs = [], lockTime = 0 } = transaction;
  const segwit = transaction.segwit ?? inputs.some(({ witness = [] }) => witness.length > 0);
  return [
    littleEndian(version, 4),
    segwit ? "0001" : "",
    lengthPrefix(inputs.length),
    ...inputs.map(
      ({ outpointTxid = "11".repeat(32), vout = 0, scriptSig = "", sequence = 0xffffffff }) =>
        outpointTxid + littleEndian(vout, 4) + prefixed(scriptSig) + littleEndian(sequence, 4),
    ),
    lengthPrefix(outputs.length),
    ...outputs.map(({ valueSats, script = p2wpkhScript }) => littleEndian(valueSats, 8) + prefixed(script)),
    ...(segwit
      ? inputs.map(({ witness = [] }) => lengthPrefix(witness.length) + witness.map((item) => prefixed(item)).join(""))
      : []),
    littleEndian(lockTime, 4),
  ].join("");
}

export function transactionBytes(transaction: HandMadeTransaction): Uint8Array {
  return fromHex(transactionHex(transaction));
}

/** A block of these transactions with a dummy header. */
export function blockBytes(transactions: readonly Uint8Array[], merkleRoot = "00".repeat(32)): Uint8Array {
  const header = `${littleEndian(4, 4)}${"22".repeat(32)}${merkleRoot}${littleEndian(1_700_000_000, 4)}${littleEndian(0x1d00ffff, 4)}${littleEndian(7, 4)}`;
  return fromHex(header + lengthPrefix(transactions.length) + transactions.map(toHex).join(""));
}
