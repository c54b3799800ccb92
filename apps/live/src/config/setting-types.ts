import { isIP } from "node:net";
import { FormatRegistry, Kind, type TSchema, Type, TypeRegistry } from "@sinclair/typebox";
import { Secret } from "./secret.ts";

/** What every setting says of itself beyond JSON Schema; `--help` and the messages of refused values are made from it. */
export interface SettingNotes {
  /** What stands for the value in `--help`, e.g. `URL`. Absent for switches. */
  readonly metavar?: string;
  /** Completes the sentence "… is not …". */
  readonly expected: string;
  /** The commands that take it; absent: all. */
  readonly commands?: readonly string[];
  /** What `--help` says where there is no default. */
  readonly defaultText?: string;
}

type Notes = SettingNotes & { readonly description: string };

const SECRET_KIND = "Secret";
TypeRegistry.Set<TSchema>(SECRET_KIND, (_schema, value) => value instanceof Secret && value.reveal() !== "");

/** A password or token: a {@link Secret} from the moment it is read. */
export const secretSetting = (notes: Notes) => Type.Optional(Type.Unsafe<Secret>({ ...notes, [Kind]: SECRET_KIND }));

export const isSecretSetting = (schema: TSchema): boolean => schema[Kind] === SECRET_KIND;

/** Longest path of Linux; other systems take no longer ones. */
const PATH_LENGTH_MAX = 4096;

/**
 * A URL, `user:password@host` and the content of a cookie file are not paths. They may hold a password, and paths are
 * shown in messages.
 */
export const isPath = (text: string): boolean =>
  text.length <= PATH_LENGTH_MAX && !/^[a-z][a-z0-9+.-]*:\/\/|^[^/\\]*:[^/\\]*@|^__cookie__:|\0/i.test(text);

FormatRegistry.Set("path", isPath);

export const pathSetting = (notes: Omit<Notes, "expected">) =>
  Type.Optional(Type.String({ minLength: 1, format: "path", expected: "a path", ...notes }));

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/;

FormatRegistry.Set("listen-address", (text) => isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0 || HOST_NAME.test(text));
