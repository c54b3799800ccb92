import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { needs } from "@utxoracle/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createStreamServer, defaultLimits } from "../src/index.ts";
import { RawConnection, startServer, TestClient } from "./test-server.ts";

describe("listening", () => {
  it("fails on a used port with an error that names host and port", async () => {
    const { port } = await startServer();
    await expect(createStreamServer({ port }).listen()).rejects.toMatchObject({
      name: "StreamServerError",
      code: "address_in_use",
      message: expect.stringContaining(`127.0.0.1:${port} is in use`),
      cause: { code: "EADDRINUSE" },
    });
  });

  it("fails on a foreign address with an error that names it", async () => {
    await expect(createStreamServer({ host: "203.0.113.1", port: 8000 }).listen()).rejects.toMatchObject({
      code: "address_not_available",
      message: expect.stringContaining("203.0.113.1:8000"),
    });
    await expect(createStreamServer({ host: "no-such-host.invalid", port: 8000 }).listen()).rejects.toMatchObject({
      code: "address_not_available",
    });
  });

  it("uses loopback and a free port by default and emits an event", async () => {
    const { url, port, eventsOf } = await startServer();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(eventsOf("listening")).toEqual([{ type: "listening", host: "127.0.0.1", port }]);
  });

  it("keeps more connections waiting to be accepted than Node's default of 511", needs("/proc"), async () => {
    const { port } = await startServer();
    const count = Math.min(700, Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8")));
    const sockets = Array.from({ length: count }, () => connect(port, "127.0.0.1"));
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    // Connects before the server, on the same event loop, can accept any of them.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const listener = new RegExp(`: ${address} 00000000:0000 0A [0-9A-F]+:([0-9A-F]+)`);
    const queued = listener.exec(readFileSync("/proc/net/tcp", "utf8"))?.[1] ?? "";
    expect(Number.parseInt(queued, 16)).toBe(count);
  });
});

describe("closing", () => {
  it("closes clients with 1001, refuses new ones and frees the port", async () => {
    const { server, url, port, publish, eventsOf } = await startServer({
      // A busy machine may need more time for so many closing handshakes.
      limits: { maxClientsPerAddress: 1000, drainTimeoutMs: 60_000 },
    });
    publish(1);
    const clients = Array.from({ length: 300 }, () => new TestClient(`${url}/ws`));
    const events = new RawConnection(port);
    events.socket.write("GET /sse HTTP/1.1\r\nHost: a\r\n\r\n");
    await Promise.all([...clients.map((client) => client.received(1)), events.until(/allLive/)]);
    const idle = new RawConnection(port);
    await server.close();
    for (const client of clients)
      expect(await client.closed).toEqual({ code: 1001, reason: "the server is shutting down" });
    expect(await events.ended).toMatch(/0\r\n\r\n$/);
    await idle.ended;
    await expect(fetch(url)).rejects.toThrow();
    expect(eventsOf("closed")).toMatchObject([{ cutOffClients: 0 }]);
    expect(eventsOf("client_closed").every(({ cause }) => cause === "shutdown")).toBe(true);
    expect(eventsOf("client_closed")).toHaveLength(301);
    const again = await startServer({ port });
    expect(again.port).toBe(port);
  });

  it("disconnects a client that does not leave in time", async () => {
    const { server, port, eventsOf, event } = await startServer({ limits: { drainTimeoutMs: 50 } });
    const stubborn = new RawConnection(port);
    await stubborn.upgrade();
    stubborn.socket.pause();
    await event("client_connected");
    await server.close();
    expect(eventsOf("closed")).toMatchObject([{ cutOffClients: 1 }]);
  });

  it("lets a response in progress finish", async () => {
    const { server, url } = await startServer();
    let finish = (): void => {};
    const begun = new Promise<void>((begin) => {
      server.addRoute("/slow", async () => {
        begin();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return { contentType: "text/plain", body: "done" };
      });
    });
    const answer = fetch(`${url}/slow`);
    await begun;
    const closed = server.close();
    finish();
    expect(await (await answer).text()).toBe("done");
    await closed;
  });

  it("can be called twice and before listening", async () => {
    const { server } = await startServer();
    await Promise.all([server.close(), server.close()]);
    await createStreamServer().close();
    await expect(server.listen()).rejects.toMatchObject({ code: "closed" });
  });

  it("stops a broadcast in progress", async () => {
    const { server, url, publish } = await startServer({ limits: { sliceMs: 1e-6 } });
    publish(0);
    const clients = Array.from({ length: 100 }, () => new TestClient(`${url}/ws`));
    await Promise.all(clients.map((client) => client.received(1)));
    publish(1);
    await server.close();
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001 });
  });
});

describe("options", () => {
  it.each([
    [{ port: 70_000 }, "port"],
    [{ port: 1.5 }, "port"],
    [{ limits: { maxClients: 0 } }, "limits.maxClients"],
    [{ limits: { sliceMs: Number.NaN } }, "limits.sliceMs"],
    [{ limits: { maxMessagesPerSecond: 0.5 } }, "limits.maxMessagesPerSecond"],
    [{ limits: { maxMessagesPerSecond: 1e9 } }, "limits.maxMessagesPerSecond"],
    [{ limits: { closeAfterMs: 2 ** 31 } }, "limits.closeAfterMs"],
    [{ limits: { toString: 5 } as object }, "limits.toString"],
    [{ limits: { maxClient: 5 } as object }, "limits.maxClient"],
    [{ limits: { closeAboveBytes: 10 } }, "limits.closeAboveBytes"],
    [{ limits: { pongTimeoutMs: 10 } }, "limits.pongTimeoutMs"],
  ])("are rejected by name if invalid: %j", (options, name) => {
    expect(() => createStreamServer(options)).toThrowError(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(`${name}:`) }),
    );
  });

  it("reject a duplicate path", () => {
    const server = createStreamServer();
    server.channel({ webSocketPath: "/ws", ssePath: "/sse" });
    for (const path of ["/ws", "/sse"])
      expect(() => server.addRoute(path, () => ({ contentType: "text/plain", body: "" }))).toThrowError(
        expect.objectContaining({ code: "path_taken", message: expect.stringContaining(path) }),
      );
    expect(() => server.channel({ webSocketPath: "ws" })).toThrowError(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });
});

describe("the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const source = (name: string): string => readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
  /** First column of the table under a heading. */
  const listed = (heading: string): string[] => {
    const [, section = ""] = readme.split(`\n## ${heading}\n`);
    const [table = ""] = section.split("\n## ");
    return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name);
  };
  const union = (text: string, name: string): string[] => {
    const [, members = ""] = text.split(`export type ${name} =`);
    return [...(members.split(";")[0] ?? "").matchAll(/"([a-z_]+)"/g)].map(([, member = ""]) => member);
  };

  it("lists every error code and no other", () => {
    expect(listed("Error codes").sort()).toEqual(union(source("stream-server-error"), "StreamServerErrorCode").sort());
  });

  it("lists every limit with its default", () => {
    const [, section = ""] = readme.split("\n## Limits\n");
    const defaults = Object.fromEntries(
      [...section.matchAll(/^\| `([A-Za-z]+)` \| ([\d.,]+) /gm)].map(([, name, value = ""]) => [
        name,
        Number(value.replaceAll(",", "")),
      ]),
    );
    expect(defaults).toEqual(defaultLimits);
  });

  it("lists every event", () => {
    const types = [...source("stream-event").matchAll(/readonly type: "([a-z_]+)"/g)].map(([, type = ""]) => type);
    const [section = ""] = (readme.split("\n## Events\n")[1] ?? "").split("\n## ");
    const names = [...section.matchAll(/`([a-z]+(?:_[a-z]+)?)`/g)].map(([, name = ""]) => name);
    expect(types.filter((type) => !names.includes(type))).toEqual([]);
    expect(names.filter((name) => name !== "path" && name !== "snapshot" && !types.includes(name))).toEqual([]);
  });
});
