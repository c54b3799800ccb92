import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressGroup, clientAddress } from "../src/client-address.ts";
import { MessageRate } from "../src/message-rate.ts";

const SECOND_MS = 1000;

describe("MessageRate", () => {
  it("allows exactly the maximum within any second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(400), { maxLength: 200 }), (max, pauses) => {
        const rate = new MessageRate(max);
        const allowed: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const inLastSecond = allowed.filter((time) => now - time < SECOND_MS).length;
          expect(rate.allows(now)).toBe(inLastSecond < max);
          if (inLastSecond < max) allowed.push(now);
        }
      }),
    );
  });
});

const ipv6Groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
  minLength: 8,
  maxLength: 8,
});
const spelled = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(":");
/** The shortest form, as used by operating systems. */
const shortened = (groups: readonly number[]): string => new URL(`http://[${spelled(groups)}]/`).hostname.slice(1, -1);

describe("addressGroup", () => {
  it("is equal for IPv6 addresses with equal first 64 bits, in any notation", () => {
    fc.assert(
      fc.property(ipv6Groups, ipv6Groups, fc.boolean(), (one, other, sameCustomer) => {
        const neighbor = sameCustomer ? [...one.slice(0, 4), ...other.slice(4)] : other;
        const same = spelled(one.slice(0, 4)) === spelled(neighbor.slice(0, 4));
        expect(addressGroup(shortened(one)) === addressGroup(shortened(neighbor))).toBe(same);
        expect(addressGroup(shortened(one))).toBe(addressGroup(spelled(one).toUpperCase()));
      }),
    );
  });

  it("is the address itself for IPv4", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(addressGroup(address)).toBe(address);
      }),
    );
  });
});

describe("clientAddress", () => {
  const request = (peer: string, forwarded?: string): IncomingMessage =>
    ({ socket: { remoteAddress: peer }, headers: { "x-forwarded-for": forwarded } }) as unknown as IncomingMessage;

  it.each([
    ["::ffff:203.0.113.5", undefined, false, "203.0.113.5"],
    ["127.0.0.1", "203.0.113.5", false, "127.0.0.1"],
    ["127.0.0.1", "203.0.113.5", true, "203.0.113.5"],
    ["127.0.0.1", "6.6.6.6, 203.0.113.5", true, "203.0.113.5"],
    ["127.0.0.1", "203.0.113.5:4711", true, "203.0.113.5"],
    ["127.0.0.1", "[2001:db8::1]:4711", true, "2001:db8::1"],
    ["127.0.0.1", "2001:db8::1", true, "2001:db8::1"],
    ["127.0.0.1", "unknown", true, "127.0.0.1"],
    ["127.0.0.1", "", true, "127.0.0.1"],
    ["127.0.0.1", undefined, true, "127.0.0.1"],
    ["fe80::1%eth0", undefined, true, "fe80::1"],
  ])("at %s with X-Forwarded-For %s, trusted: %s, is %s", (peer, forwarded, trusted, address) => {
    expect(clientAddress(request(peer, forwarded), trusted)).toBe(address);
  });

  it("is always an IP address behind a trusted proxy, for any header", () => {
    fc.assert(
      fc.property(fc.string(), (forwarded) => {
        expect(clientAddress(request("127.0.0.1", forwarded), true)).toMatch(/^[0-9a-f.:]+$/i);
      }),
    );
  });
});
