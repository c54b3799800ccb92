import { writeFileSync } from "node:fs";
import { architecturePicture } from "./architecture-picture.ts";

writeFileSync(new URL("../images/architecture.svg", import.meta.url), architecturePicture());
