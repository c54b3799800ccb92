import { packageBuild } from "../../tsup.package.ts";

export default packageBuild({ platform: "neutral", entry: ["src/index.ts", "src/accuracy.ts"], commonjs: true });
