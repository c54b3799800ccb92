import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, installedProgram } from "@utxoracle/testkit";
import { eventually } from "../e2e/service-process.ts";

/** A real MQTT broker on a loopback port. */
export class Mosquitto {
  readonly url: string;
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "mosquitto-"));
  #child: ChildProcess | null = null;

  private constructor(port: number, credentials: { user: string; password: string } | null) {
    this.#port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    const passwords = join(this.#folder, "passwords");
    if (credentials !== null)
      spawnSync("mosquitto_passwd", ["-b", "-c", passwords, credentials.user, credentials.password]);
    const access = credentials === null ? "allow_anonymous true" : `allow_anonymous false\npassword_file ${passwords}`;
    const user = process.getuid?.() === 0 ? "user root\n" : "";
    writeFileSync(join(this.#folder, "mosquitto.conf"), `${user}listener ${port} 127.0.0.1\n${access}\n`);
  }

  static async start(credentials: { user: string; password: string } | null = null): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), credentials);
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const child = spawn(installedProgram("mosquitto"), ["-c", join(this.#folder, "mosquitto.conf")], {
      stdio: "ignore",
    });
    this.#child = child;
    const answers = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(this.#port, "127.0.0.1", () => resolve(true));
        socket.once("error", () => resolve(false)).once("close", () => socket.destroy());
        socket.once("connect", () => socket.end());
      });
    await eventually("the broker", answers, (does) => does);
  }

  /** Ends the broker; it forgets retained messages. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    await ended;
    this.#child = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
