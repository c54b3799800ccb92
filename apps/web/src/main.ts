import { describePoint, MempoolVisualizer } from "@utxoracle/viz";
import { Announcer } from "./announcer.ts";
import { pageElement } from "./page-element.ts";
import { downloadPicture } from "./picture-download.ts";
import { StatePanel } from "./state-panel.ts";
import { streamAddress } from "./stream-address.ts";
import { ThemeChoice } from "./theme-choice.ts";
import { WhyPanel } from "./why-panel.ts";

if (new URLSearchParams(location.search).has("embed")) document.documentElement.dataset["embed"] = "";

const panel = new StatePanel();
const announcer = new Announcer(pageElement("spoken"));
const spokenPoint = pageElement("spoken-point");

const chart = new MempoolVisualizer("chart", streamAddress(document.baseURI), {
  caption: false,
  onChange: (view) => {
    panel.show(view);
    announcer.hear(view);
  },
  onPoint: (point) => {
    // The box beside a point is there for the eye; who came by keys is told what it says.
    const facts = point?.byKey ? describePoint(point).map(([name, value]) => `${name} ${value}`) : [];
    spokenPoint.textContent = facts.join(", ");
  },
});
chart.connect();
// A reader who comes back, or whose network does, is not left waiting for the next attempt.
addEventListener("online", () => chart.connect());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") chart.connect();
});
// A stream that falls silent sends nothing that could tell so: the state is looked at by the clock as well.
setInterval(() => {
  panel.show(chart.view);
  announcer.hear(chart.view);
}, 1000);

new ThemeChoice(chart, pageElement("theme-button"));
new WhyPanel(pageElement("why-button"));

const downloadButton = pageElement<HTMLButtonElement>("download-button");
downloadButton.addEventListener("click", () => {
  downloadButton.disabled = true;
  downloadPicture(chart).finally(() => {
    downloadButton.disabled = false;
  });
});
