import { address as bitcoinJsAddress, networks as bitcoinJsNetworks } from "bitcoinjs-lib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressError, type AddressNetwork, addressToScript, scriptToAddress } from "../src/address.ts";
import { fromHex, toHex } from "./transaction-bytes.ts";

const hash20 = "751e76e8199196d454941c45d1b3a323f1433bd6";
const taprootKey = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const wshHash = "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262";
const smallHash = "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433";

/** Address, script and where both are stated. */
const valid: [address: string, scriptHex: string, network: AddressNetwork, source: string][] = [
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac", "main", "first block"],
  ["1111111111111111111114oLvT2", `76a914${"00".repeat(20)}88ac`, "main", "hash of zeros"],
  ["2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2", "a914336caa13e08b96080a32b5d818d59b4ab3b3674287", "test", "BIP 49"],
  ["BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", `0014${hash20}`, "main", "BIP 350"],
  ["tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", `0020${wshHash}`, "test", "BIP 350"],
  [
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    `5128${hash20}${hash20}`,
    "main",
    "BIP 350",
  ],
  ["BC1SW50QGDZ25J", "6002751e", "main", "BIP 350"],
  ["bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323", "main", "BIP 350"],
  ["tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy", `0020${smallHash}`, "signet", "BIP 350"],
  ["tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", `5120${smallHash}`, "signet", "BIP 350"],
  ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", `5120${taprootKey}`, "main", "BIP 350"],
  ["bc1pfeessrawgf", "51024e73", "main", "BIP 433"],
];

/** Address and error code. BIP 173 and 350 give the reason of each. */
const invalid: [address: string, code: string, network: AddressNetwork, reason: string][] = [
  ["tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "invalid_character", "main", "unknown prefix"],
  ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "invalid_checksum", "main", "not bech32m"],
  ["tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf", "invalid_checksum", "test", "not bech32m"],
  ["BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "invalid_checksum", "main", "not bech32m"],
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "invalid_checksum", "main", "not bech32"],
  ["tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47", "invalid_checksum", "test", "not bech32"],
  ["bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "invalid_character", "main", "o in checksum"],
  ["BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "invalid_program", "main", "version 17"],
  ["bc1pw5dgrnzv", "invalid_program", "main", "1 byte"],
  [
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "invalid_program",
    "main",
    "41 bytes",
  ],
  ["BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "invalid_program", "main", "16 bytes in version 0"],
  ["tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq", "invalid_character", "test", "mixed case"],
  ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "invalid_program", "main", "5 padding bits"],
  ["tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "invalid_program", "test", "nonzero padding"],
  ["bc1gmk9yu", "invalid_program", "main", "no data"],
  ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "invalid_checksum", "main", "last character"],
  ["BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", "invalid_program", "main", "version 17, BIP 173"],
  ["bc1rw5uspcuh", "invalid_checksum", "main", "version 3 in bech32"],
  ["tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7", "invalid_character", "test", "mixed case"],
  ["tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv", "invalid_program", "test", "nonzero padding"],
  ["bc1", "unknown_format", "main", "prefix alone"],
  [`bc1${"q".repeat(100)}`, "unknown_format", "main", "too long"],
  ["", "invalid_checksum", "main", "empty"],
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "invalid_checksum", "main", "last character"],
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", "invalid_character", "main", "0 in base58"],
  [" 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "invalid_character", "main", "white space"],
  ["11111111111111111111".repeat(10), "unknown_format", "main", "200 characters"],
  ["5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "unknown_format", "main", "a private key"],
  ["2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2", "wrong_network", "main", "test address"],
  ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "wrong_network", "regtest", "main address"],
  ["tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", "wrong_network", "regtest", "signet address"],
];

describe("addresses", () => {
  it.each(valid)("%s is %s on %s (%s)", (address, scriptHex, network) => {
    expect(toHex(addressToScript(address, network))).toBe(scriptHex);
    const isUpperCase = address === address.toUpperCase();
    expect(scriptToAddress(fromHex(scriptHex), network)).toBe(isUpperCase ? address.toLowerCase() : address);
  });

  it.each(invalid)("%s is refused: %s on %s (%s)", (address, code, network) => {
    expect(() => addressToScript(address, network)).toThrow(expect.objectContaining({ name: "AddressError", code }));
  });

  it.each([
    ["p2pk", `21${"02".repeat(33)}ac`],
    ["multisig", `51${`21${"02".repeat(33)}`}51ae`],
    ["op_return", "6a0101"],
    ["version 0 of 16 bytes", "0010751e76e8199196d454941c45d1b3a323"],
    ["a program by OP_PUSHDATA1", `524c02abcd`],
    ["nothing", ""],
  ])("gives null for %s", (_, scriptHex) => {
    expect(scriptToAddress(fromHex(scriptHex))).toBeNull();
  });

  it("names wrong arguments", () => {
    expect(() => scriptToAddress("0014" as never)).toThrow("script must be a Uint8Array, got string");
    expect(() => addressToScript(1 as never)).toThrow("address must be a string, got number");
    for (const network of ["mainnet", "toString"])
      expect(() => scriptToAddress(fromHex(`0014${hash20}`), network as never)).toThrow(/network must be one of main/);
  });

  it("names the network that an address belongs to", () => {
    expect(() => addressToScript("bc1pfeessrawgf", "regtest")).toThrow("address of main, not of regtest");
  });

  const anyScript = fc.oneof(
    fc
      .uint8Array({ minLength: 20, maxLength: 20 })
      .chain((hash) =>
        fc.constantFrom(
          Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac),
          Uint8Array.of(0xa9, 20, ...hash, 0x87),
          Uint8Array.of(0, 20, ...hash),
        ),
      ),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((hash) => Uint8Array.of(0, 32, ...hash)),
    fc
      .tuple(fc.integer({ min: 1, max: 16 }), fc.uint8Array({ minLength: 2, maxLength: 40 }))
      .map(([version, program]) => Uint8Array.of(0x50 + version, program.length, ...program)),
  );
  const anyNetwork = fc.constantFrom<AddressNetwork>("main", "test", "signet", "regtest");

  it("come back as the script they were made of, as bitcoinjs-lib makes them", () => {
    const bitcoinJsNames = { main: "bitcoin", test: "testnet", signet: "testnet", regtest: "regtest" } as const;
    fc.assert(
      fc.property(anyScript, anyNetwork, (script, network) => {
        const address = scriptToAddress(script, network)!;
        expect(addressToScript(address, network)).toEqual(script);
        // bitcoinjs-lib has no addresses of program lengths without rules.
        if (script[0]! < 0x51 || script[0]! > 0x60)
          expect(address).toBe(bitcoinJsAddress.fromOutputScript(script, bitcoinJsNetworks[bitcoinJsNames[network]]));
      }),
      { examples: [[Uint8Array.of(0, 20, ...new Uint8Array(20)), "main"]] },
    );
  });

  it("are refused after one wrong character, and never fail otherwise", () => {
    const anyMistake = fc.record({ script: anyScript, network: anyNetwork, place: fc.nat(), character: fc.string() });
    fc.assert(
      fc.property(anyMistake, ({ script, network, place, character }) => {
        const address = scriptToAddress(script, network)!;
        const position = place % address.length;
        const changed = address.slice(0, position) + character + address.slice(position + 1);
        if (changed.toLowerCase() === address.toLowerCase()) return;
        expect(() => addressToScript(changed, network)).toThrow(AddressError);
      }),
    );
  });
});
