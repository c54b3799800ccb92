// A custom page around the chart. ?server=ws://127.0.0.1:8000/ws/mempool selects the server.
import { formatUsd, MempoolVisualizer, priceTone, stateBadges } from "@utxoracle/viz";

const server = new URLSearchParams(location.search).get("server") ?? "ws://127.0.0.1:8000/ws/mempool";
const price = document.getElementById("price");
const state = document.getElementById("state");
if (price === null || state === null) throw new Error("the page lacks its elements");

const chart = new MempoolVisualizer("chart", server, {
  caption: false, // this page shows price and state itself
  onChange: (view) => {
    price.textContent = view.live?.price == null ? "no price" : formatUsd(view.live.price);
    price.className = priceTone(view);
    state.textContent = stateBadges(view)
      .map((badge) => badge.text)
      .join(" · ");
  },
});
chart.connect();
