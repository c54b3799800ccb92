import { formatUsd, type MempoolVisualizer, VizError } from "@utxoracle/viz";
import { StreamClient, StreamClientError, type WebSocketConstructor } from "@utxoracle/viz/client";

export const address = (chart: MempoolVisualizer): string => chart.rendererKind;
export const isVizError = (error: unknown): boolean => error instanceof VizError;

class NoSocket {}
try {
  new StreamClient({
    url: "http://127.0.0.1/",
    WebSocket: NoSocket as unknown as WebSocketConstructor,
    onMessage: () => undefined,
  });
  throw new Error("an http URL was accepted as a WebSocket URL");
} catch (error) {
  if (!(error instanceof StreamClientError)) throw error;
  console.log("viz:", error.code, formatUsd(87_300));
}
