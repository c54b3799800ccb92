import type { ConfirmedPicture } from "@utxoracle/models";
import { eventually } from "./service-process.ts";

/** Hash of the newest block of the confirmed picture, once there is one. */
export async function newestBlock(url: string): Promise<string> {
  const { answer } = await eventually(
    "the confirmed picture",
    () => fetch(`${url}/api/v1/confirmed/points`),
    ({ status }) => status === 200,
  );
  return ((await answer.json()) as ConfirmedPicture).tip;
}
