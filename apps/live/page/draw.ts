import { type ConfirmedUpdate, MempoolVisualizer } from "@utxoracle/viz";

/** What the page carries. */
interface PageData {
  /** Over the picture. */
  readonly title: string;
  readonly message: ConfirmedUpdate;
}

const data = JSON.parse(document.getElementById("data")?.textContent ?? "null") as PageData;
const chart = new MempoolVisualizer("chart", null, {
  caption: false,
  confirmedOnly: true,
  reducedMotion: true,
  labels: { confirmed: data.title, noConfirmed: "No points" },
});
chart.updateData(data.message);
