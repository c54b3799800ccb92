// Decodes pasted text in a worker, so that the page stays responsive.
const worker = new Worker(new URL("./decode-worker.js", import.meta.url), { type: "module" });
const hex = /** @type {HTMLTextAreaElement} */ (document.getElementById("hex"));
const summary = /** @type {HTMLElement} */ (document.getElementById("summary"));
const outputs = /** @type {HTMLTableElement} */ (document.getElementById("outputs"));

hex.addEventListener("input", () => worker.postMessage(hex.value));

worker.onmessage = ({ data }) => {
  outputs.replaceChildren();
  if (data.problem !== undefined) {
    summary.textContent = data.problem;
    return;
  }
  summary.textContent = `${data.txid}: ${data.inputs} inputs, ${data.vsize} vB, read by ${data.engine}`;
  for (const [valueSats, scriptType] of data.outputs) {
    const row = outputs.insertRow();
    row.insertCell().textContent = `${(valueSats / 1e8).toFixed(8)} BTC`;
    row.insertCell().textContent = scriptType;
  }
};
