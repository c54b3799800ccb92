import { describe, expect, it } from "vitest";
import { discoveryMessages, stateMessage } from "../../src/relay/mqtt/mqtt-messages.ts";
import { tick } from "../http/test-state.ts";

const stateOf = (more: Parameters<typeof tick>[0]) => JSON.parse(stateMessage("u", tick(more)).payload) as object;

describe("the MQTT state", () => {
  it("has the price with its interval to the cent", () => {
    expect(stateOf({ source: "node", chain: "main" })).toEqual({
      ...{ price: 113_600.5, low: 113_310, high: 113_890, confidence: 0.97, status: "ok", reliable: true },
      ...{ source: "node", chain: "main", timestamp: 1_763_810_000.25 },
    });
  });

  it.each([
    [{ status: "low_confidence" }],
    [{ status: "stale" }],
    [{ source: "simulation" }],
    [{ chain: "regtest" }],
    [{ chain: null }],
    [{ status: "warming_up", price: null, interval: null }],
  ] as const)("is not reliable with %j", (more) => {
    expect(stateOf({ source: "node", chain: "main", ...more })).toMatchObject({ reliable: false });
  });
});

describe("the discovery messages", () => {
  it("read fields of the state, and have different ids for two services on one broker", () => {
    const fields = Object.keys(stateOf({}));
    const ids = new Set<string>();
    for (const name of ["utxoracle", "second"])
      for (const { topic, payload } of discoveryMessages(name, "1.2.3")) {
        expect(topic).toMatch(new RegExp(`^homeassistant/(sensor|binary_sensor)/${name}/\\w+/config$`));
        for (const [, field] of payload.matchAll(/value_json\.(\w+)/g)) expect(fields).toContain(field);
        const { unique_id } = JSON.parse(payload) as { unique_id: string };
        expect(ids).not.toContain(unique_id);
        ids.add(unique_id);
      }
    expect(ids.size).toBe(10);
  });
});
