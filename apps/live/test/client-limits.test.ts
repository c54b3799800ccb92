import { describe, expect, it } from "vitest";
import { clientLimits } from "../src/serve/client-limits.ts";

const limits = (host: string, trustProxy = false, perAddress?: number) =>
  clientLimits({
    host,
    "trust-proxy": trustProxy,
    "max-clients": 20_000,
    ...(perAddress === undefined ? {} : { "max-clients-per-address": perAddress }),
  }).maxClientsPerAddress;

describe("the limit of clients per address", () => {
  it.each(["127.0.0.1", "127.9.0.3", "::1", "localhost"])("is the total limit on a loopback address: %s", (host) =>
    expect(limits(host)).toBe(20_000),
  );
  it.each(["0.0.0.0", "::", "192.168.1.10", "node.example.org"])("is 100 on a public address: %s", (host) =>
    expect(limits(host)).toBe(100),
  );
  it("is 100 with --trust-proxy", () => expect(limits("127.0.0.1", true)).toBe(100));
  it("can be set", () => {
    expect(limits("0.0.0.0", false, 7)).toBe(7);
    expect(limits("127.0.0.1", false, 7)).toBe(7);
  });
});
