import { writeFileSync } from "node:fs";

export interface PackageBuild {
  /** `neutral` for packages that run in browsers too. */
  readonly platform: "neutral" | "node";
  readonly entry?: string[];
  /**
   * Adds a CommonJS build in `dist/cjs`, whose package.json marks code and declarations there as
   * CommonJS.
   */
  readonly commonjs?: boolean;
}

/**
 * What tsup is asked for; its own types are out of reach here, since each package has its own tsup.
 */
interface Options {
  entry: string[];
  platform: "neutral" | "node";
  target: "es2022";
  dts: false;
  format: "esm" | "cjs";
  clean: true | string[];
  sourcemap?: true;
  outDir?: string;
  outExtension?: () => { js: string };
  onSuccess?: () => Promise<void>;
}

/**
 * tsup's settings of one package. tsc emits the declarations (tsconfig.build.json): tsup's `dts`
 * needs an older TypeScript.
 */
export function packageBuild({ platform, entry = ["src/index.ts"], commonjs = false }: PackageBuild): Options[] {
  const common = { entry, platform, target: "es2022", dts: false } as const;
  const esm: Options = { ...common, format: "esm", clean: commonjs ? ["!cjs/**"] : true, sourcemap: true };
  if (!commonjs) return [esm];
  return [
    esm,
    {
      ...common,
      format: "cjs",
      outDir: "dist/cjs",
      clean: true,
      outExtension: () => ({ js: ".js" }),
      onSuccess: async () => writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n'),
    },
  ];
}
