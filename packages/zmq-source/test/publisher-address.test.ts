import { describe, expect, it } from "vitest";
import { publisherAddress, subscriberAddress } from "../src/index.ts";

describe("publisherAddress", () => {
  it.each([
    ["tcp://127.0.0.1:28332", "tcp://127.0.0.1:28332"],
    ["tcp://localhost:28332", "tcp://127.0.0.1:28332"],
    ["tcp://127.0.0.2:28332", "tcp://127.0.0.2:28332"],
    ["tcp://0.0.0.0:28332", "tcp://127.0.0.1:28332"],
    ["tcp://192.168.1.10:28332", "tcp://0.0.0.0:28332"],
    ["tcp://10.21.21.8:28332", "tcp://0.0.0.0:28332"],
    ["tcp://node:28332", "tcp://0.0.0.0:28332"],
    ["tcp://host.docker.internal:28332", "tcp://0.0.0.0:28332"],
    ["tcp://127.example.org:28332", "tcp://0.0.0.0:28332"],
    ["tcp://[::1]:28332", "tcp://[::1]:28332"],
    ["tcp://[0:0:0:0:0:0:0:1]:28332", "tcp://[::1]:28332"],
    ["tcp://[::]:28332", "tcp://[::1]:28332"],
    ["tcp://[fd00::2]:28332", "tcp://[::]:28332"],
    ["tcp://[2001:db8::1]:28332", "tcp://[::]:28332"],
    ["ipc:///run/z.sock", "unix:/run/z.sock"],
    ["unix:/run/z.sock", "unix:/run/z.sock"],
  ])("for a subscriber of %s is %s", (endpoint, address) => {
    expect(publisherAddress(endpoint)).toBe(address);
  });

  it("uses the scheme supported by the node's version", () => {
    expect(publisherAddress("unix:/run/z.sock", 270_100)).toBe("ipc:///run/z.sock");
    expect(publisherAddress("ipc:///run/z.sock", 280_000)).toBe("unix:/run/z.sock");
  });
});

describe("subscriberAddress", () => {
  it.each([
    ["tcp://0.0.0.0:28332", "10.0.0.5", "tcp://10.0.0.5:28332"],
    ["tcp://*:28332", "node", "tcp://node:28332"],
    ["tcp://[::]:28332", "fd00::2", "tcp://[fd00::2]:28332"],
    ["tcp://127.0.0.1:28332", "10.0.0.5", "tcp://127.0.0.1:28332"],
    ["unix:/run/z.sock", "10.0.0.5", "unix:/run/z.sock"],
  ])("for a publisher at %s on %s is %s", (published, host, address) => {
    expect(subscriberAddress(published, host)).toBe(address);
  });
});
