import { testProject } from "../vitest.project.ts";

// The tests install packages into empty projects.
export default testProject("release");
