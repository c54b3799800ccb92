import { estimatePosterior } from "@utxoracle/estimator";
import { checkMempoolUpdate } from "@utxoracle/models";
import { computeTxid } from "@utxoracle/tx-parser";
import Chart from "./chart.js";

const transaction = `01000000${"01"}${"00".repeat(32)}ffffffff${"00"}ffffffff${"01"}${"00".repeat(8)}${"00"}${"00".repeat(4)}`;

export default function Page() {
  return (
    <main>
      {computeTxid(transaction)} {estimatePosterior([]).status} {typeof checkMempoolUpdate} <Chart />
    </main>
  );
}
