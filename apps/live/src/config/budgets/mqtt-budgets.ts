import type { Budget } from "./budget.ts";

/** Bounds on what an MQTT broker sends. */
export const mqttBudgets = {
  mqttMessages: {
    what: "messages of the MQTT broker: a client without subscriptions gets only acknowledgements, of 2 to 4 bytes",
    from: "MQTT",
    per: "in 10 s",
    count: 100,
    bytes: 4096,
    beyond: "the connection is closed, logged, and opened again after 5 s",
    test: "apps/live/test/mqtt/hostile-broker.test.ts",
  },
} as const satisfies Record<string, Budget>;
