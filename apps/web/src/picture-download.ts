import type { MempoolVisualizer } from "@utxoracle/viz";

/** `utxoracle-live-20250910-201946Z.png` */
export function pictureName(now: Date): string {
  const [date, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `utxoracle-live-${date}-${time}Z.png`;
}

/** Saves the picture of this moment, with its own title, state and counts. */
export async function downloadPicture(chart: MempoolVisualizer): Promise<void> {
  const address = URL.createObjectURL(await chart.toPng());
  const link = document.createElement("a");
  link.href = address;
  link.download = pictureName(new Date());
  link.click();
  // The browser has taken the data when the click returns in all engines but one, which takes it soon after.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
