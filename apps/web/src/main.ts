import { describePoint, MempoolVisualizer, priceTone, watermarkOf } from "@utxoracle/viz";
import { Announcer } from "./announcer.ts";
import { connectDialog } from "./dialogs.ts";
import { EarlyRetries } from "./early-retries.ts";
import { connectFactTips } from "./fact-tips.ts";
import { fetchHistory } from "./history-source.ts";
import { HistoryView } from "./history-view.ts";
import { readAddress } from "./page-address.ts";
import { pageElement } from "./page-element.ts";
import { PastLine } from "./past-line.ts";
import { PictureDownload } from "./picture-download.ts";
import { noPictureText } from "./picture-text.ts";
import { PinnedPoint } from "./pinned-point.ts";
import { PriceAlert } from "./price-alert.ts";
import { PricePoll } from "./price-poll.ts";
import { connectSharePanel } from "./share-panel.ts";
import { StatePanel } from "./state-panel.ts";
import { streamAddress } from "./stream-address.ts";
import { ThemeChoice } from "./theme-choice.ts";
import { throttle } from "./throttle.ts";
import { TroublePanel } from "./trouble-panel.ts";
import { WhyPanel } from "./why-panel.ts";

const address = readAddress(location.search);
if (address.isEmbedded) document.documentElement.dataset["embed"] = "";
if (address.isEmbedded && address.panels === "price") document.documentElement.dataset["panels"] = "price";

const panel = new StatePanel();
const trouble = new TroublePanel();
const why = new WhyPanel(pageElement("why-button"));
connectDialog("how", "how-button");
connectDialog("options", "options-button");
connectSharePanel();
connectFactTips();
const pinned = new PinnedPoint();
const alert = new PriceAlert();
const announcer = new Announcer(pageElement("spoken"));
const spokenPoint = pageElement("spoken-point");
const noPicture = pageElement("no-picture");

const past = new PastLine(
  (step) => fetchHistory(step),
  (rows) => chart.addHistory(rows),
);

let history: HistoryView | null = null;

/** Pause between two updates while the page is hidden: the tab's title and the alert remain. */
const HIDDEN_PAUSE_MS = 5000;
let shownAtMs = Number.NEGATIVE_INFINITY;
const rests = (): boolean => document.visibilityState === "hidden" && performance.now() - shownAtMs < HIDDEN_PAUSE_MS;

const showTextNow = (): void => {
  shownAtMs = performance.now();
  const { view } = chart;
  panel.show(view);
  trouble.update(view);
  why.setPast(view.live?.price != null && priceTone(view) === "bad");
  alert.update(view);
  history?.setWatermark(watermarkOf(view.live ?? {}));
  void past.update(view);
  announcer.update(view);
};
/** The text changes no faster than people can read. */
const showTextSoon = throttle(100, showTextNow);
const showText = (): void => {
  if (!rests()) showTextSoon();
};

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
  onPin: (point) => pinned.show(point),
});
chart.connect();
// Reconnect at once when the network or the user returns.
addEventListener("online", () => chart.connect());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  chart.connect();
  showTextNow();
});

const themes = new ThemeChoice(chart, pageElement<HTMLSelectElement>("theme"), address.theme, (theme) =>
  history?.setTheme(theme),
);
history = new HistoryView(themes.theme, {
  address,
  fetch: (step) => fetchHistory(step),
  onView: (view) => chart.setPaused(view !== "live"),
});

const retries = new EarlyRetries(() => chart.connect());
const poll = new PricePoll(chart);
// A silent stream triggers no event, so the clock updates the state too.
setInterval(() => {
  if (rests()) return;
  showText();
  retries.update(chart.view);
  void history?.update();
  void poll.run(chart.view);
}, 1000);

// After the picture: the track record does not delay it.
setTimeout(
  () =>
    void import("./track/track-line.ts").then(
      (module) => module.connectTrackLine(),
      () => null,
    ),
  4000,
);

const picture = async (): Promise<Blob> => (await history?.picture()) ?? (await chart.toPng());
new PictureDownload(picture, pageElement<HTMLButtonElement>("download-button"), pageElement("notice"));
