/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly argument: string;
}

/** The instructions of a Dockerfile without comments, in order. */
export function instructions(dockerfile: string): Instruction[] {
  const lines = dockerfile.split("\n").filter((line) => !line.startsWith("#"));
  const joined = lines.join("\n").replaceAll(/\\\n\s*/g, "");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", ...rest] = line.trim().split(/\s+/);
      return { name, argument: rest.join(" ") };
    });
}
