import { testProject } from "../vitest.project.ts";

// Packages are installed into empty projects.
export default testProject("examples", { timeoutMs: 180_000 });
