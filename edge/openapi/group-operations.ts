import type { OpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import type { JsonSchema } from '#edge/openapi/describe-schema.ts';

/** What pages for people read of an operation. */
export interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body & { readonly description?: string }>>;
}

export interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema?: JsonSchema;
}

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

export interface OperationGroup {
  /** At least one; the method in capitals. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  readonly operation: Operation;
}

/** The document's operations in its order; routes that do the same stand together. */
export function groupOperations({ paths }: OpenApiDocument): OperationGroup[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: { method: method.toUpperCase(), path },
      operation: operation as Operation,
    })),
  );
  const alike = Map.groupBy(operations, ({ operation }) => JSON.stringify({ ...operation, operationId: '' }));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ routes: group.map(({ route }) => route), operation: first.operation }];
  });
}

/** The schema of a JSON body; undefined where there is no body, or one of another type. */
export function bodySchema({ content }: Body): JsonSchema | undefined {
  return content?.['application/json']?.schema;
}
