/**
 * Addresses of output scripts, and back. Import from `@utxoracle/tx-parser/address`.
 *
 * @module @utxoracle/tx-parser/address
 */
import { AddressError } from "./address-error.ts";
import { decodeBase58Check, encodeBase58Check } from "./base58check.ts";
import {
  bech32Constant,
  bech32mConstant,
  bytesToFiveBits,
  decodeBech32,
  encodeBech32,
  fiveBitsToBytes,
} from "./bech32.ts";
import { checkBytes } from "./input.ts";
import { scriptTypeOf, witnessProgram } from "./script-type.ts";

export { AddressError, type AddressErrorCode } from "./address-error.ts";

/** `test` is testnet3 and testnet4, which share their addresses with `signet`. */
export type AddressNetwork = "main" | "test" | "signet" | "regtest";

interface Prefixes {
  /** Version bytes of base58check: BIP 13. */
  readonly p2pkh: number;
  readonly p2sh: number;
  /** Prefix of bech32: BIP 173; `bcrt` as in Bitcoin Core. */
  readonly bech32: string;
}

const testPrefixes: Prefixes = { p2pkh: 0x6f, p2sh: 0xc4, bech32: "tb" };
const prefixes: Readonly<Record<AddressNetwork, Prefixes>> = {
  main: { p2pkh: 0x00, p2sh: 0x05, bech32: "bc" },
  test: testPrefixes,
  signet: testPrefixes,
  regtest: { ...testPrefixes, bech32: "bcrt" },
};
const hashBytes = 20;

function prefixesOf(network: AddressNetwork): Prefixes {
  if (!Object.hasOwn(prefixes, network))
    throw new RangeError(`network must be one of ${Object.keys(prefixes).join(", ")}, got ${JSON.stringify(network)}`);
  return prefixes[network];
}

/**
 * The address of an output script, as Bitcoin Core shows it: base58check for p2pkh and p2sh,
 * bech32 for witness version 0, bech32m for versions 1 to 16.
 *
 * @returns null for a script without an address: p2pk, multisig, op_return and unknown ones
 * @throws TypeError when the script is not a Uint8Array; RangeError for an unknown network
 * @example scriptToAddress(output.script) // "bc1q…"
 */
export function scriptToAddress(script: Uint8Array, network: AddressNetwork = "main"): string | null {
  checkBytes(script, "script");
  const { p2pkh, p2sh, bech32 } = prefixesOf(network);
  const program = witnessProgram(script);
  if (program !== null) {
    const constant = program.version === 0 ? bech32Constant : bech32mConstant;
    return encodeBech32(bech32, [program.version, ...bytesToFiveBits(program.bytes)], constant);
  }
  const scriptType = scriptTypeOf(script);
  if (scriptType === "p2pkh") return encodeBase58Check(Uint8Array.of(p2pkh, ...script.subarray(3, 23)));
  if (scriptType === "p2sh") return encodeBase58Check(Uint8Array.of(p2sh, ...script.subarray(2, 22)));
  return null;
}

/**
 * The output script that pays to an address.
 *
 * @param address without white space around it
 * @throws AddressError when it is not an address of the network; TypeError when it is not a string
 * @example addressToScript("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") // 76a914…88ac
 */
export function addressToScript(address: string, network: AddressNetwork = "main"): Uint8Array {
  if (typeof address !== "string") throw new TypeError(`address must be a string, got ${typeof address}`);
  const expected = prefixesOf(network);
  // Base58 has no 0, and bech32 no 1 but its last; the prefix of each network tells them apart.
  const prefix = /^(bcrt|bc|tb)1/i.exec(address)?.[1]?.toLowerCase();
  return prefix === undefined
    ? base58ToScript(address, network, expected)
    : bech32ToScript(address, network, expected, prefix);
}

function base58ToScript(address: string, network: AddressNetwork, { p2pkh, p2sh }: Prefixes): Uint8Array {
  const [version = -1, ...hash] = decodeBase58Check(address);
  const isKnown = Object.values(prefixes).some((known) => version === known.p2pkh || version === known.p2sh);
  if (!isKnown || hash.length !== hashBytes)
    throw new AddressError(
      "unknown_format",
      `base58check of ${1 + hash.length} bytes with version ${version} is no address`,
    );
  if (version === p2pkh) return Uint8Array.of(0x76, 0xa9, hashBytes, ...hash, 0x88, 0xac);
  if (version === p2sh) return Uint8Array.of(0xa9, hashBytes, ...hash, 0x87);
  throw wrongNetwork(network, (known) => version === known.p2pkh || version === known.p2sh);
}

function bech32ToScript(address: string, network: AddressNetwork, expected: Prefixes, prefix: string): Uint8Array {
  const { data, constant } = decodeBech32(address);
  const [version, ...values] = data;
  if (version === undefined || version > 16)
    throw new AddressError("invalid_program", `a witness version is 0 to 16, got ${version ?? "none"}`);
  if ((version === 0) !== (constant === bech32Constant))
    throw new AddressError(
      "invalid_checksum",
      `witness version ${version} needs the checksum of ${version === 0 ? "bech32" : "bech32m"}`,
    );
  const program = fiveBitsToBytes(values);
  const opcode = version === 0 ? 0 : 0x50 + version;
  const script = Uint8Array.of(opcode, program.length, ...program);
  if (witnessProgram(script) === null)
    throw new AddressError(
      "invalid_program",
      `a program of witness version ${version} has ${version === 0 ? "20 or 32" : "2 to 40"} bytes, got ${program.length}`,
    );
  if (prefix !== expected.bech32) throw wrongNetwork(network, (known) => known.bech32 === prefix);
  return script;
}

function wrongNetwork(network: AddressNetwork, isOf: (known: Prefixes) => boolean): AddressError {
  const names = Object.entries(prefixes).flatMap(([name, known]) => (isOf(known) ? [name] : []));
  return new AddressError("wrong_network", `this is an address of ${names.join(" or ")}, not of ${network}`);
}
