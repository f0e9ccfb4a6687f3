import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { z } from 'zod';

/** A span as the collector got it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1: inside, 2: server, 3: client. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Span ids of other requests' spans. */
  readonly links: readonly string[];
  readonly failed: boolean;
}

export interface TraceReceiver {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  readonly url: string;
  /** In the order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** Headers of each export. */
  readonly exports: readonly IncomingHttpHeaders[];
  /** What was sent that is not OTLP. */
  readonly faults: readonly string[];
  /** Resolves when the spans that are there satisfy `enough`. */
  waitFor(enough: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** A whole number of 64 bits as OTLP's JSON writes it. */
const nanoseconds = z.string().regex(/^\d{1,20}$/);
const hex = (digits: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`));
const valueSchema = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.int(), z.string().regex(/^-?\d+$/)]) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributesSchema = z.array(z.strictObject({ key: z.string().min(1), value: valueSchema }));
const spanSchema = z.strictObject({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: hex(16).optional(),
  traceState: z.string().optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes: attributesSchema,
  droppedAttributesCount: z.literal(0),
  events: z.array(z.never()),
  droppedEventsCount: z.literal(0),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
  links: z.array(
    z.strictObject({
      traceId: hex(32),
      spanId: hex(16),
      traceState: z.string().optional(),
      attributes: attributesSchema,
      droppedAttributesCount: z.literal(0),
      flags: z.int(),
    }),
  ),
  droppedLinksCount: z.literal(0),
  flags: z.int(),
});

/** ExportTraceServiceRequest of opentelemetry/proto/collector/trace/v1, in OTLP's JSON: ids in hex, 64-bit numbers as strings. Strict: an unknown field is a fault. */
const exportSchema = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({
          attributes: attributesSchema,
          droppedAttributesCount: z.literal(0),
          entityRefs: z.array(z.unknown()).optional(),
        }),
        scopeSpans: z
          .array(
            z.strictObject({
              scope: z.strictObject({ name: z.string(), version: z.string().optional() }),
              spans: z.array(spanSchema).min(1),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

/** A collector: takes OTLP over HTTP as JSON at `/v1/traces` and keeps what it got. */
export async function startTraceReceiver(): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const exports: IncomingHttpHeaders[] = [];
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      exports.push(request.headers);
      const fault = take(`${request.method} ${request.url}`, request.headers, text, spans);
      if (fault !== undefined) faults.push(fault);
      response.writeHead(fault === undefined ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      for (const look of [...waiting]) look();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    exports,
    faults,
    waitFor: (enough) =>
      new Promise((resolve) => {
        const look = () => {
          if (!enough(spans)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Adds the spans of one export; what is wrong with it, if anything is. */
function take(route: string, headers: IncomingHttpHeaders, text: string, spans: ReceivedSpan[]): string | undefined {
  if (route !== 'POST /v1/traces') return `${route} is not POST /v1/traces`;
  if (headers['content-type'] !== 'application/json') return `content type ${headers['content-type']}`;
  const parsed = exportSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return z.prettifyError(parsed.error);
  for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
    const described = readAttributes(resource.attributes);
    for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
      spans.push({
        service: String(described['service.name']),
        resource: described,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: span.kind,
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
        attributes: readAttributes(span.attributes),
        links: span.links.map(({ spanId }) => spanId),
        failed: span.status.code === 2,
      });
    }
  }
  return undefined;
}

function readAttributes(attributes: z.infer<typeof attributesSchema>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
