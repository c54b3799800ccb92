import type { MempoolUpdateData } from "@utxoracle/models";

/** A message for the broker. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: string;
}

/** Topics of one service. */
export const mqttTopics = (name: string) => ({
  /** `online`, or `offline` as the broker's last will. */
  availability: `${name}/availability`,
  state: `${name}/state`,
});

/**
 * Retained messages that make Home Assistant create the entities
 * (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery).
 */
export function discoveryMessages(name: string, version: string): MqttMessage[] {
  const { availability, state } = mqttTopics(name);
  const isOnline = { topic: availability };
  // Automations must never act on a doubtful, simulated or test price.
  const isReliable = { topic: state, value_template: "{{ 'online' if value_json.reliable else 'offline' }}" };
  const device = { identifiers: [name], name: "UTXOracle Live", sw_version: version };
  const entity = (component: string, id: string, config: object): MqttMessage => ({
    topic: `homeassistant/${component}/${name}/${id}/config`,
    payload: JSON.stringify({
      unique_id: `${name}_${id}`,
      state_topic: state,
      availability_mode: "all",
      device,
      origin: { name: "utxoracle-live", sw_version: version },
      ...config,
    }),
  });
  const dollars = (id: "price" | "low" | "high", label: string): MqttMessage =>
    entity("sensor", id, {
      name: label,
      icon: "mdi:bitcoin",
      unit_of_measurement: "USD",
      state_class: "measurement",
      value_template: `{{ value_json.${id} }}`,
      availability: [isOnline, isReliable],
      expire_after: EXPIRE_SECONDS,
    });
  return [
    dollars("price", "Bitcoin price"),
    dollars("low", "Bitcoin price, low"),
    dollars("high", "Bitcoin price, high"),
    entity("sensor", "status", {
      name: "Bitcoin price status",
      icon: "mdi:list-status",
      value_template: "{{ value_json.status }}",
      availability: [isOnline],
      json_attributes_topic: state,
    }),
    entity("binary_sensor", "doubtful", {
      name: "Bitcoin price doubtful",
      device_class: "problem",
      value_template: "{{ 'OFF' if value_json.reliable else 'ON' }}",
      availability: [isOnline],
    }),
  ];
}

/** Home Assistant shows a price without news for this long as unavailable. */
const EXPIRE_SECONDS = 60;

type Shown = Pick<
  MempoolUpdateData,
  "price" | "interval" | "confidence" | "status" | "source" | "chain" | "timestamp" | "price_timestamp"
>;

/** The state of all entities. */
export function stateMessage(name: string, data: Shown): MqttMessage {
  const cents = (usd: number | null | undefined): number | null =>
    typeof usd === "number" ? Math.round(usd * 100) / 100 : null;
  const { price, interval, confidence, status, source, chain } = data;
  return {
    topic: mqttTopics(name).state,
    payload: JSON.stringify({
      price: cents(price),
      low: cents(interval?.low),
      high: cents(interval?.high),
      confidence,
      status,
      reliable: status === "ok" && price !== null && source === "node" && chain === "main",
      source,
      chain,
      timestamp: price === null ? data.timestamp : (data.price_timestamp ?? data.timestamp),
    }),
  };
}
