import { readFileSync } from "node:fs";
import type { ServiceProcess } from "./service-process.ts";

/** Linux counts CPU time in hundredths of a second (USER_HZ). */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** CPU time and memory of the process. Linux only. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssMib: number;
  /** Peak memory. */
  readonly peakRssMib: number;
}

/** Whether the system reports usage. */
export const tellsUsage = process.platform === "linux";

/** CPU time of a process. */
export function cpuSecondsOf(pid: number | undefined): number {
  // The numbers follow the name, which is in parentheses and may contain anything.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function usageOf({ child: { pid } }: ServiceProcess): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  return { cpuSeconds: cpuSecondsOf(pid), rssMib: kib("VmRSS") / KIB_PER_MIB, peakRssMib: kib("VmHWM") / KIB_PER_MIB };
}
