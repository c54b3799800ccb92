import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** The repository's root. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A file of the repository as text. @param path from the root. */
export const text = (path: string): string => readFileSync(new URL(path, `file://${root}`), "utf8");

/** A YAML file of the repository. @param path from the root. */
export const yaml = <T>(path: string): T => parse(text(path)) as T;
