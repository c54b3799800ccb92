import { HistoryChart, readHistory } from "@utxoracle/viz";

const past = new HistoryChart("past", { onRow: (row) => console.log(row) });
const rows = readHistory(await (await fetch("api/v1/history?step=60")).json());
if (rows !== null) past.setRows(rows);
