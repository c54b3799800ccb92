import { MempoolVisualizer, stateBadges } from "@utxoracle/viz";

// <canvas id="chart" tabindex="0" style="width: 100%; height: 480px"></canvas>
// <p id="state"></p>
const chart = new MempoolVisualizer("chart", "ws://127.0.0.1:8000/ws/mempool", {
  onChange: (view) => {
    const state = document.getElementById("state") as HTMLElement;
    state.textContent = stateBadges(view)
      .map((badge) => badge.text)
      .join(" · ");
  },
});
chart.connect();
