import { describe, expect, it } from "vitest";
import { clientLimits } from "../src/serve/client-limits.ts";

const limits = (host: string, trustProxy = false, perAddress?: number) =>
  clientLimits({
    host,
    "trust-proxy": trustProxy,
    "max-clients": 20_000,
    ...(perAddress === undefined ? {} : { "max-clients-per-address": perAddress }),
  }).maxClientsPerAddress;

describe("the clients taken from one address", () => {
  it.each(["127.0.0.1", "127.9.0.3", "::1", "localhost"])(
    "are as many as in total when only this machine can come: %s",
    (host) => expect(limits(host)).toBe(20_000),
  );
  it.each(["0.0.0.0", "::", "192.168.1.10", "node.example.org"])("are a hundred when others can come: %s", (host) =>
    expect(limits(host)).toBe(100),
  );
  it("are a hundred behind a proxy that says who they are", () => expect(limits("127.0.0.1", true)).toBe(100));
  it("are what is set", () => {
    expect(limits("0.0.0.0", false, 7)).toBe(7);
    expect(limits("127.0.0.1", false, 7)).toBe(7);
  });
});
