import { describe, expect, it } from "vitest";
import { parseEndpoint } from "../src/endpoint.ts";

describe("parseEndpoint", () => {
  it.each([
    ["tcp://127.0.0.1:28332", "tcp://127.0.0.1:28332", false],
    [" tcp://Umbrel.Local:08333\n", "tcp://umbrel.local:8333", false],
    ["TCP://bitcoin_node:1", "tcp://bitcoin_node:1", false],
    ["tcp://[::1]:28332", "tcp://[::1]:28332", true],
    ["tcp://[FE80::1%eth0]:28332", "tcp://[fe80::1%eth0]:28332", true],
    ["ipc:///run/bitcoin/Zmq.sock", "ipc:///run/bitcoin/Zmq.sock", false],
    ["unix:/run/bitcoin/Zmq.sock", "ipc:///run/bitcoin/Zmq.sock", false],
  ])("normalizes %j", (text, address, ipv6) => {
    expect(parseEndpoint("endpoint", text)).toEqual({ address, ipv6 });
  });

  it.each(["tcp://user:pw1@127.0.0.1:28332", "user:pw1@127.0.0.1:28332", "http://user:pw1@x:1"])(
    "rejects %j without showing a possible password",
    (text) => {
      expect(() => parseEndpoint("endpoints.rawtx", text)).toThrow(/^endpoints.rawtx: /);
      expect(() => parseEndpoint("endpoints.rawtx", text)).not.toThrow("pw1");
    },
  );

  it.each([undefined, null, 28332, {}])("rejects %j: not a string", (value) => {
    expect(() => parseEndpoint("endpoints.sequence", value)).toThrow(/^endpoints.sequence: .* is not an address/);
  });
});
