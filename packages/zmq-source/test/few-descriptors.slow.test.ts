import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("./few-descriptors.mjs", import.meta.url));
const node = [process.execPath, "--conditions=@utxoracle/source", "--import", "tsx", program];

/** Opens a feed of three sockets in a process with few descriptors left. */
function openWith(left: number) {
  const { stdout, stderr, signal } = spawnSync("sh", ["-c", 'ulimit -n 100; exec "$@"', "sh", ...node, String(left)], {
    encoding: "utf8",
    // Without the check some never end.
    timeout: 60_000,
  });
  return { stdout, stderr, signal };
}

describe.skipIf(process.platform === "win32")("a process with few file descriptors", () => {
  it.each([0, 3, 8, 13, 20])("throws with %i left, instead of being aborted", (left) => {
    const { stdout, signal } = openWith(left);
    expect(signal).toBeNull();
    expect(stdout).toMatch(
      /^socket_failed endpoints\.\w+: cannot open tcp:.*: too few file descriptors are left \(EMFILE\)\n$/,
    );
  });

  it("opens a feed with 40 left", () => {
    expect(openWith(40)).toMatchObject({ signal: null, stdout: "open\n" });
  });
});
