import { describePoint, MempoolVisualizer } from "@utxoracle/viz";
import { Announcer } from "./announcer.ts";
import { atMostEvery } from "./at-most-every.ts";
import { pageElement } from "./page-element.ts";
import { PictureDownload } from "./picture-download.ts";
import { noPictureText } from "./picture-text.ts";
import { PricePoll } from "./price-poll.ts";
import { StatePanel } from "./state-panel.ts";
import { streamAddress } from "./stream-address.ts";
import { ThemeChoice } from "./theme-choice.ts";
import { WhyPanel } from "./why-panel.ts";

if (new URLSearchParams(location.search).has("embed")) document.documentElement.dataset["embed"] = "";

const panel = new StatePanel();
const announcer = new Announcer(pageElement("spoken"));
const spokenPoint = pageElement("spoken-point");
const noPicture = pageElement("no-picture");

/** However fast messages come, the text is set no more often than eyes can follow. */
const showText = atMostEvery(100, () => {
  const { view } = chart;
  panel.show(view);
  announcer.hear(view);
});

const chart = new MempoolVisualizer("chart", streamAddress(document.baseURI), {
  caption: false,
  onChange: showText,
  onPicture: (problem) => {
    noPicture.textContent = problem === null ? "" : noPictureText(problem);
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
const poll = new PricePoll(chart);
// A stream that falls silent sends nothing that could tell so: the state is looked at by the clock as well.
setInterval(() => {
  showText();
  void poll.look(chart.view);
}, 1000);

new ThemeChoice(chart, pageElement("theme-button"));
new WhyPanel(pageElement("why-button"));
new PictureDownload(chart, pageElement("download-button"), pageElement("notice"));
