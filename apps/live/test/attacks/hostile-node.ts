import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually, type ServiceProcess } from "../e2e/service-process.ts";
import { type StandInAccess, startStandInNode } from "../e2e/stand-in-node.ts";
import { type Attack, waitMs } from "./attack.ts";
import { expectHeld, underAttack } from "./under-attack.ts";

/** Responds to a call instead of the node. @returns false to forward it to the node. */
export type HostileAnswer = (method: string, response: ServerResponse, honest: () => Promise<string>) => boolean;

interface NodeAttack {
  readonly name: string;
  readonly title: string;
  readonly answer: HostileAnswer;
  /** Expected code in `/health/ready`. */
  readonly code: string;
  /** Number of hostile responses to wait for in the full run, default 20; 1 in the short run. */
  readonly answers?: number;
  readonly soakOnly?: true;
  /** More arguments, and checks at the end. */
  readonly setUp?: () => { readonly words: readonly string[]; readonly check: () => void };
}

/**
 * A proxy between the program and a stand-in node that answers some calls itself. The program must
 * report the problem, keep serving, and recover when the responses are correct again.
 */
export function attackByNode({ answer, code, answers = 20, setUp, ...described }: NodeAttack): Attack {
  return {
    ...described,
    async run(size) {
      const extra = setUp?.() ?? { words: [], check: () => {} };
      const node = await startStandInNode(7, 300);
      const hostile = await HostileNode.start(node, answer);
      try {
        const words = [...node.flags, "--rpc-url", hostile.url, ...extra.words];
        const attack = async (service: ServiceProcess): Promise<void> => {
          const isNamed = ({ text }: { text: string }): boolean => text.includes(`"${code}"`);
          await eventually(code, () => service.get("/health/ready"), isNamed, waitMs(size, 90_000));
          await hostile.answersUntil(size === "full" ? answers : 1);
          hostile.isHonest = true;
          await eventually(
            "recovery",
            () => service.get("/health/ready"),
            ({ text }) => !text.includes(code),
            waitMs(size, 90_000),
          );
        };
        const report = await underAttack(words, attack, node.env);
        extra.check();
        return expectHeld(size, report, { peakRssMib: 300, longestSilenceMs: 5000 });
      } finally {
        hostile.stop();
        await node.stop();
      }
    },
  };
}

class HostileNode {
  readonly url: string;
  isHonest = false;
  readonly #server: Server;
  #answers = 0;
  #onAnswer = (): void => {};

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(node: StandInAccess, answer: HostileAnswer): Promise<HostileNode> {
    const target = node.flags[node.flags.indexOf("--rpc-url") + 1] as string;
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      if (request.method !== "POST") return void response.writeHead(404).end();
      const honest = async (): Promise<string> => {
        const headers = { authorization: request.headers.authorization ?? "", "content-type": "application/json" };
        return await (await fetch(target, { method: "POST", headers, body })).text();
      };
      const asked = JSON.parse(body) as { method: string } | { method: string }[];
      const method = Array.isArray(asked) ? "batch" : asked.method;
      if (!hostile.isHonest && answer(method, response, honest)) hostile.#counted();
      else response.end(await honest());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const hostile: HostileNode = new HostileNode(server);
    return hostile;
  }

  /** Resolves after a number of hostile responses. */
  answersUntil(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswer = () => {
        if (this.#answers >= count) resolve();
      };
      this.#onAnswer();
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #counted(): void {
    this.#answers += 1;
    this.#onAnswer();
  }
}

/** Sends the same bytes at full speed, up to 2 GB. */
export function flood(response: ServerResponse, beginning: string, unit: string): void {
  const chunk = Buffer.from(unit.repeat(Math.ceil(65_536 / unit.length)));
  response.write(beginning);
  let sent = 0;
  const more = (): void => {
    sent += chunk.length;
    if (response.destroyed || sent > 2e9) return;
    response.write(chunk, (error) => {
      if (error == null) more();
    });
  };
  more();
}
