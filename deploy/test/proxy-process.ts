import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, installedProgram } from "@utxoracle/testkit";
import { eventually } from "../../apps/live/test/e2e/service-process.ts";
import { text } from "./repository.ts";

export type ProxyName = "nginx" | "caddy";

const SERVICE = "127.0.0.1:8000";
const COMPRESS_ALL = "encode {\n\t\tgzip\n\t\tminimum_length 1\n\t\tmatch status 200\n\t}\n\t";

interface Site {
  readonly folder: string;
  readonly port: number;
  /** Host and port of the service. */
  readonly service: string;
  /** The site compresses every response, also event streams. */
  readonly compresses: boolean;
}

/** The shipped overlay of a mempool instance, as a whole site. */
const overlays: Readonly<Record<ProxyName, (site: Site, mempool: string) => string>> = {
  nginx: ({ folder, port, service }, mempool) => `
    daemon off;
    pid ${folder}/nginx.pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      ${temporaryPaths(folder)}
      ${text("deploy/proxies/mempool-nginx.conf").replaceAll(SERVICE, service).replace("127.0.0.1:4080", mempool).replace("listen 127.0.0.1:4081", `listen 127.0.0.1:${port}`)}
    }`,
  caddy: ({ port, service }, mempool) =>
    `{\n\tadmin off\n\tauto_https off\n\tgrace_period 100ms\n}\n${text("deploy/proxies/mempool.Caddyfile")
      .replace("127.0.0.1:4081", `127.0.0.1:${port}`)
      .replace(SERVICE, service)
      .replace("127.0.0.1:4080", mempool)}`,
};

const temporaryPaths = (folder: string): string =>
  ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((use) => `${use}_temp_path ${folder}/${use};`).join(" ");

/** The shipped snippet in the smallest possible site. */
const sites: Readonly<Record<ProxyName, (site: Site) => string>> = {
  nginx: ({ folder, port, service, compresses }) => `
    daemon off;
    pid ${folder}/nginx.pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      ${temporaryPaths(folder)}
      ${compresses ? "gzip on; gzip_proxied any; gzip_min_length 0; gzip_types *;" : ""}
      server {
        listen 127.0.0.1:${port};
        ${text("deploy/proxies/nginx.conf").replace(SERVICE, service)}
      }
    }`,
  caddy: ({ port, service, compresses }) =>
    `{\n\tadmin off\n\tauto_https off\n\tgrace_period 100ms\n\tdefault_bind 127.0.0.1\n}\n${text(
      "deploy/proxies/Caddyfile",
    )
      .replaceAll("price.example.org", `http://127.0.0.1:${port}`)
      .replace("redir /price", `${compresses ? COMPRESS_ALL : ""}redir /price`)
      .replace(SERVICE, service)}`,
};

const commands: Readonly<Record<ProxyName, (config: string, folder: string) => string[]>> = {
  nginx: (config, folder) => ["-e", "stderr", "-p", folder, "-c", config],
  caddy: (config) => ["run", "--config", config, "--adapter", "caddyfile"],
};

interface ProxyOptions {
  /** The site compresses every response. */
  readonly compresses: boolean;
  /** A mempool instance to overlay; null: the service alone, at a path. */
  readonly mempoolUrl: string | null;
}

/** A proxy in front of the service, as a child process. */
export class ProxyProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** A path that responds with 200. */
  readonly #probe: string;
  readonly #ended: Promise<void>;

  private constructor(name: ProxyName, port: number, serviceUrl: string, { compresses, mempoolUrl }: ProxyOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = mkdtempSync(join(tmpdir(), `${name}-`));
    const config = join(this.#folder, "site.conf");
    const site = { folder: this.#folder, port, service: new URL(serviceUrl).host, compresses };
    this.#probe = mempoolUrl === null ? "/price/health/live" : "/";
    writeFileSync(config, mempoolUrl === null ? sites[name](site) : overlays[name](site, new URL(mempoolUrl).host));
    this.#child = spawn(installedProgram(name), commands[name](config, this.#folder), {
      env: { ...process.env, HOME: this.#folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
    this.#ended = new Promise((resolve) =>
      this.#child.once("close", (code) => {
        if (code !== 0) console.error(`${name} exited with ${code}:\n${log}`);
        resolve();
      }),
    );
  }

  /** Starts the proxy on a free port and waits until it responds. */
  static async start(
    name: ProxyName,
    serviceUrl: string,
    { compresses = false, mempoolUrl = null }: Partial<ProxyOptions> = {},
  ): Promise<ProxyProcess> {
    const proxy = new ProxyProcess(name, await freePort(), serviceUrl, { compresses, mempoolUrl });
    try {
      await eventually(
        `a response of ${name}`,
        () => proxy.#answers(),
        (answers) => answers,
      );
    } catch (error) {
      await proxy.stop();
      throw error;
    }
    return proxy;
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error("the proxy exited at its start");
    try {
      return (await fetch(`${this.url}${this.#probe}`)).ok;
    } catch {
      // Not listening yet.
      return false;
    }
  }

  async stop(): Promise<void> {
    // nginx's master stops its workers on SIGTERM.
    this.#child.kill("SIGTERM");
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
