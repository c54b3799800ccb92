import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Short files that take longest. Vitest takes a file's length for its time. */
const longest = ["attacks/attacks", "mqtt/mqtt", "bus/many-clients-document", "endless-message"];

/** Starts slow files first, so that fast ones fill the cores at the end. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(".slow.test.ts");
    const isLongest = ({ moduleId }: TestSpecification): boolean =>
      longest.some((name) => moduleId.endsWith(`/${name}.slow.test.ts`));
    return [isLongest, (file) => isSlow(file) && !isLongest(file), (file) => !isSlow(file)].flatMap((fits) =>
      sorted.filter(fits),
    );
  }
}

export default defineConfig({
  test: {
    projects: ["{packages,apps}/*/vitest.config.ts", "{deploy,docs,examples,release}/vitest.config.ts"],
    sequence: { sequencer: SlowFirst },
  },
});
