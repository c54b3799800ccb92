// A page that uses every package that browsers can use, as a bundler takes them from the registry.
import { estimatePosterior } from "@utxoracle/estimator";
import { ContractError, checkMempoolUpdate } from "@utxoracle/models";
import { computeTxid, hexToBytes } from "@utxoracle/tx-parser";
import { formatUsd, MempoolVisualizer } from "@utxoracle/viz";
import { StreamClient } from "@utxoracle/viz/client";

const report = {};

// The shortest transaction that there is: one input, one output, empty scripts.
const transaction = `01000000${"01"}${"00".repeat(32)}ffffffff${"00"}ffffffff${"01"}${"00".repeat(8)}${"00"}${"00".repeat(4)}`;
report.txidLength = computeTxid(hexToBytes(transaction)).length;
report.statusWithoutAmounts = estimatePosterior([]).status;

try {
  checkMempoolUpdate({});
} catch (error) {
  report.contractError = error instanceof ContractError;
}

const chart = new MempoolVisualizer("chart", null);
const tick = {
  type: "mempool_update",
  data: {
    price: 87_300,
    confidence: 0.9,
    transactions: [{ timestamp: 1_700_000_000, price: 87_310, txid: "ab".repeat(32), vout: 0, amount: 0.001 }],
    stats: { total_received: 10, total_filtered: 5, active_in_window: 5, uptime_seconds: 60 },
    timestamp: 1_700_000_001,
    snapshot: true,
    seq: 1,
    epoch: "e",
    status: "ok",
    interval: { low: 87_000, high: 87_600 },
    window_seconds: 10_800,
    engine: "posterior",
    source: "node",
    chain: "main",
    node: {
      connected: true,
      last_message_age: 1,
      missed_messages: 0,
      resyncing: false,
      height: 900_000,
      last_block_timestamp: 1_699_999_900,
    },
  },
};
report.tickApplied = chart.updateData(tick);
chart.render();
report.picture = (await chart.toPng(1)).type;
report.client = typeof new StreamClient({ url: "ws://127.0.0.1:9/", onMessage: () => undefined }).connect;
report.price = formatUsd(tick.data.price);
document.documentElement.dataset.report = JSON.stringify(report);
