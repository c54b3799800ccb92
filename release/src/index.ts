export { type Fence, fencesOf } from "./document.ts";
export { EmptyProject, type PackageManager, type ProgramEnd } from "./empty-project.ts";
export { nodeProgram } from "./node-program.ts";
export { PackageRegistry } from "./package-registry.ts";
export { type PublishedPackage, publishedPackages, repositoryRoot } from "./published-packages.ts";
export { outputDeviation } from "./same-output.ts";
