import { isIP } from "node:net";
import { FormatRegistry, Kind, type TSchema, Type, TypeRegistry } from "@sinclair/typebox";
import { Secret } from "./secret.ts";

/** What a setting's schema contains beyond JSON Schema, for `--help` and error texts. */
export interface SettingMetadata {
  /** Placeholder of the value in `--help`, e.g. `URL`. Absent for switches. */
  readonly metavar?: string;
  /** Completes the error "the value is not …". */
  readonly expected: string;
  /** Commands with this setting; absent: all. */
  readonly commands?: readonly string[];
  /** Default as `--help` shows it, if it is not the schema's default. */
  readonly defaultText?: string;
}

type Notes = SettingMetadata & { readonly description: string };

const SECRET_KIND = "Secret";
TypeRegistry.Set<TSchema>(SECRET_KIND, (_schema, value) => value instanceof Secret && value.reveal() !== "");

/** A password or token, read as a {@link Secret}. */
export const secretSetting = (notes: Notes) => Type.Optional(Type.Unsafe<Secret>({ ...notes, [Kind]: SECRET_KIND }));

export const isSecretSetting = (schema: TSchema): boolean => schema[Kind] === SECRET_KIND;

/** Linux's PATH_MAX; other systems have lower limits. */
const PATH_LENGTH_MAX = 4096;

/**
 * Rejects URLs, `user:password@host` and the content of a file (cookie, JSON, key): they may
 * contain a password, and error texts show paths.
 */
export const isPath = (text: string): boolean =>
  text.length <= PATH_LENGTH_MAX &&
  !/^[a-z][a-z0-9+.-]*:\/\/|^[^/\\]*:[^/\\]*@|^__cookie__:|^\s*(\{|-----BEGIN)|[\0\n\r]/i.test(text);

FormatRegistry.Set("path", isPath);

export const pathSetting = (notes: Omit<Notes, "expected">) =>
  Type.Optional(Type.String({ minLength: 1, format: "path", expected: "a path", ...notes }));

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/;

FormatRegistry.Set("listen-address", (text) => isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0 || HOST_NAME.test(text));
