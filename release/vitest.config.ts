import { testProject } from "../vitest.project.ts";

// Packages are installed into empty projects.
export default testProject("release", { timeoutMs: 180_000 });
