import type { Engine } from "@utxoracle/models";
import { LiveWindow } from "../../ingest/live-window.ts";
import type { Answer } from "./answers.ts";

/** Something that enters the window. */
export interface WindowEvent {
  /** Unix seconds. */
  readonly time: number;
  enter(window: LiveWindow): void;
}

/** Asks a window at moments, ascending, while events pass through it in the order of time. */
export async function* windowAnswers(
  events: AsyncIterable<WindowEvent>,
  times: readonly number[],
  options: { readonly windowSeconds: number; readonly engine: Engine },
): AsyncGenerator<Answer, void, undefined> {
  const window = new LiveWindow(options);
  let next = 0;
  for await (const event of events) {
    for (; next < times.length && (times[next] as number) < event.time; next++)
      yield answerAt(window, times[next] as number);
    if (next === times.length) return;
    event.enter(window);
  }
  for (; next < times.length; next++) yield answerAt(window, times[next] as number);
}

const answerAt = (window: LiveWindow, time: number): Answer => ({
  time,
  estimate: window.analyzer.estimatePrice(time),
});
