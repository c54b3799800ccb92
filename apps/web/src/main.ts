import { describePoint, MempoolVisualizer, priceTone } from "@utxoracle/viz";
import { Announcer } from "./announcer.ts";
import { connectDialog } from "./dialogs.ts";
import { EarlyRetries } from "./early-retries.ts";
import { connectFactTips } from "./fact-tips.ts";
import { fetchHistory } from "./history-source.ts";
import { pageElement } from "./page-element.ts";
import { PastLine } from "./past-line.ts";
import { PictureDownload } from "./picture-download.ts";
import { noPictureText } from "./picture-text.ts";
import { PricePoll } from "./price-poll.ts";
import { StatePanel } from "./state-panel.ts";
import { streamAddress } from "./stream-address.ts";
import { ThemeChoice } from "./theme-choice.ts";
import { throttle } from "./throttle.ts";
import { TroublePanel } from "./trouble-panel.ts";
import { WhyPanel } from "./why-panel.ts";

if (new URLSearchParams(location.search).has("embed")) document.documentElement.dataset["embed"] = "";

const panel = new StatePanel();
const trouble = new TroublePanel();
const why = new WhyPanel(pageElement("why-button"));
connectDialog("how", "how-button");
connectFactTips();
const announcer = new Announcer(pageElement("spoken"));
const spokenPoint = pageElement("spoken-point");
const noPicture = pageElement("no-picture");

const past = new PastLine(
  (step) => fetchHistory(step),
  (rows) => chart.addHistory(rows),
);

/** The text changes no faster than people can read. */
const showText = throttle(100, () => {
  const { view } = chart;
  panel.show(view);
  trouble.update(view);
  why.setPast(view.live?.price != null && priceTone(view) === "bad");
  void past.update(view);
  announcer.update(view);
});

const chart = new MempoolVisualizer("chart", streamAddress(document.baseURI), {
  caption: false,
  movingLayer: true,
  // The page says what is missing in its own words.
  labels: { noPrice: "", noConfirmed: "" },
  onChange: showText,
  onPicture: (problem) => {
    noPicture.textContent = problem === null ? "" : noPictureText(problem);
  },
  onPoint: (point) => {
    // The tooltip is visual. Announce its content to keyboard users.
    const facts = point?.byKey ? describePoint(point).map(([name, value]) => `${name} ${value}`) : [];
    spokenPoint.textContent = facts.join(", ");
  },
});
chart.connect();
// Reconnect at once when the network or the user returns.
addEventListener("online", () => chart.connect());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") chart.connect();
});
const retries = new EarlyRetries(() => chart.connect());
const poll = new PricePoll(chart);
// A silent stream triggers no event, so the clock updates the state too.
setInterval(() => {
  showText();
  retries.update(chart.view);
  void past.update(chart.view);
  void poll.run(chart.view);
}, 1000);

new ThemeChoice(chart, pageElement("theme-button"));
new PictureDownload(chart, pageElement("download-button"), pageElement("notice"));
