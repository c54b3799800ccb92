import { checkVersion, componentSchemas, documentInfo } from "./component-schemas.ts";
import { type ContractName, contractSchemas, JSON_SCHEMA_DIALECT, jsonSchemaOf } from "./json-schema.ts";
import { SourceSchema } from "./stream.ts";

/** A response body that is not one of the contracts as JSON. */
export interface ApiMedia {
  readonly mediaType: string;
  /** Default `string`. */
  readonly type?: "string" | "number" | "object";
  readonly description?: string;
  readonly pattern?: string;
  /** The contract of each message inside, as JSON. */
  readonly message?: ContractName;
}

/** A response of an {@link ApiOperation}. */
export interface ApiResponse {
  /** Default: the operation's summary. */
  readonly description?: string;
  readonly headers?: readonly ApiHeader[];
  /** A contract sent as JSON, or other bodies: the client's `Accept` header chooses one. */
  readonly content: ContractName | readonly ApiMedia[];
}

/** A parameter in the query or in the path. */
export interface ApiParameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required?: true;
  readonly description: string;
  readonly schema: object;
}

/** One GET operation of the HTTP API. */
export interface ApiOperation {
  /** May have a parameter, such as `/schemas/{name}.json`. */
  readonly path: string;
  /** Names the function in generated clients. */
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly ApiParameter[];
  /** By HTTP status. */
  readonly responses: { readonly [status: number]: ApiResponse };
}

/** A response header that OpenAPI describes. */
export type ApiHeader = "Retry-After" | "X-Price-Source" | "X-Price-Chain" | "X-Price-Timestamp" | "X-Price-Fx";

const headers: Readonly<Record<ApiHeader, object>> = {
  "Retry-After": { description: "Seconds to wait before the next request", schema: { type: "integer", minimum: 1 } },
  "X-Price-Source": { description: "Source of the transactions", schema: jsonSchemaOf(SourceSchema) },
  "X-Price-Chain": { description: "The node's chain, or `unknown`", schema: { type: "string" } },
  "X-Price-Timestamp": {
    description: "Unix time in seconds at which the newest payment behind the price arrived",
    schema: { type: "number" },
  },
  "X-Price-Fx": {
    description: "The operator's own rates in use, such as `operator; EUR 0.92 2026-11-29`; absent without any",
    schema: { type: "string" },
  },
};

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: { readonly [field: string]: unknown };
  readonly paths: { readonly [path: string]: { readonly get: OpenApiOperation } };
  readonly [field: string]: unknown;
};

/** A GET operation and its responses. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly headers?: object; readonly content: object };
  };
  readonly [field: string]: unknown;
}

/**
 * An HTTP API as an OpenAPI 3.1 document, with the contracts that its operations use. Paths are
 * relative to the server that serves it.
 *
 * @param options version of the service, and every operation in the order of the document
 */
export function openApiDocument(options: {
  readonly version: string;
  readonly operations: readonly ApiOperation[];
}): OpenApiDocument {
  checkVersion(options);
  const { version, operations } = options;
  if (!Array.isArray(operations as unknown))
    throw new TypeError(`operations must be an array, got ${typeof operations}`);
  operations.forEach((operation, index) => {
    checkOperation(operation, `operations[${index}]`);
  });
  const { schemas, reference } = componentSchemas(contractsOf(operations));
  const content = (body: ApiResponse["content"]): object =>
    typeof body === "string"
      ? { "application/json": { schema: reference(body) } }
      : Object.fromEntries(body.map((media) => [media.mediaType, { schema: mediaSchema(media) }]));
  const mediaSchema = ({ type = "string", description, pattern, message }: ApiMedia): object => ({
    type,
    ...(description !== undefined && { description }),
    ...(pattern !== undefined && { pattern }),
    ...(message !== undefined && { contentMediaType: "application/json", contentSchema: reference(message) }),
  });
  const response = (of: ApiResponse, summary: string): OpenApiOperation["responses"][string] => ({
    description: of.description ?? summary,
    ...(of.headers && { headers: Object.fromEntries(of.headers.map((name) => [name, headers[name]])) }),
    content: content(of.content),
  });
  return {
    openapi: "3.1.0",
    info: documentInfo(version),
    jsonSchemaDialect: JSON_SCHEMA_DIALECT,
    servers: [{ url: "/", description: "The server of this document" }],
    paths: Object.fromEntries(
      operations.map(({ path, operationId, summary, parameters, responses }) => [
        path,
        {
          get: {
            operationId,
            summary,
            ...(parameters && { parameters }),
            responses: Object.fromEntries(
              Object.entries(responses).map(([status, described]) => [status, response(described, summary)]),
            ),
          },
        },
      ]),
    ),
    components: { schemas },
  };
}

/** @throws TypeError that names the field */
function checkOperation(operation: Partial<ApiOperation> | null | undefined, name: string): void {
  if (typeof operation?.path !== "string" || !operation.path.startsWith("/"))
    throw new TypeError(`${name}.path must be text that starts with a slash`);
  const { responses } = operation;
  if (typeof responses !== "object" || responses === null)
    throw new TypeError(`${name}.responses must be an object of responses by status`);
  for (const [status, response] of Object.entries(responses)) {
    const content: unknown = (response as Partial<ApiResponse> | null)?.content;
    if (!Array.isArray(content) && !(typeof content === "string" && Object.hasOwn(contractSchemas, content)))
      throw new TypeError(`${name}.responses.${status}.content must be the name of a contract, or an array of media`);
  }
}

/** The contracts that the operations name, in alphabetical order. */
function contractsOf(operations: readonly ApiOperation[]): ContractName[] {
  const used = new Set<ContractName>();
  for (const { responses } of operations)
    for (const { content } of Object.values(responses)) {
      if (typeof content === "string") used.add(content);
      else for (const { message } of content) if (message !== undefined) used.add(message);
    }
  return (Object.keys(contractSchemas) as ContractName[]).filter((name) => used.has(name));
}
