import type { ConnectionProblem, HealthTopic, PlainHealthCode } from "@utxoracle/models";
import { expect, it } from "vitest";
import { connections, healthText, texts, topics } from "../src/health-texts.ts";

// The compiler finds a code of the contract without a text.
const textsByCode: Readonly<Record<PlainHealthCode, string>> = texts;
const topicNames: Readonly<Record<HealthTopic, string>> = topics;
const connectionTexts: Readonly<Record<ConnectionProblem, string>> = connections;

it("has a different text for each health code", () => {
  for (const [code, text] of Object.entries(textsByCode)) expect(healthText(code)).toBe(text);
  for (const topic of Object.keys(topicNames))
    expect(healthText(`topic_${topic}_unpublished`)).toContain(`zmqpub${topic}`);
  for (const [problem, text] of Object.entries(connectionTexts)) expect(healthText(`zmq_${problem}`)).toContain(text);
});
