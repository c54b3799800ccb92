import { readFileSync } from "node:fs";
import type { ServiceProcess } from "./service-process.ts";

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** What the system counts of the program's process. Linux only. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssMib: number;
  /** The most that it ever held. */
  readonly peakRssMib: number;
}

/** Whether this system tells. */
export const tellsUsage = process.platform === "linux";

export function usageOf(service: ServiceProcess): ProcessUsage {
  const folder = `/proc/${service.child.pid}`;
  // The name, in parentheses, may hold anything; the numbers begin after it.
  const fields = readFileSync(`${folder}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const status = readFileSync(`${folder}/status`, "utf8");
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMib: kib("VmRSS") / KIB_PER_MIB,
    peakRssMib: kib("VmHWM") / KIB_PER_MIB,
  };
}
