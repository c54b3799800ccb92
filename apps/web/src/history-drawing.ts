/** The part of the chart that is loaded when the history is first shown. */
export { HistoryChart } from "@utxoracle/viz";
export { historyPicture } from "./history-picture.ts";
