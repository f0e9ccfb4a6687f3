/** How a stream ended: with its last byte, by a fault of its source, or because its reader had gone. */
export type StreamEnd = 'complete' | 'broken' | 'left';

/**
 * The same stream, and how it ends. Reads nothing ahead of its reader.
 * @param gone aborts when the reader has gone, should the stream not be told
 */
export function watchStream(
  source: ReadableStream<Uint8Array>,
  gone: AbortSignal,
): { readonly stream: ReadableStream<Uint8Array>; readonly ended: Promise<StreamEnd> } {
  const { promise: ended, resolve: end } = Promise.withResolvers<StreamEnd>();
  gone.addEventListener('abort', () => end('left'), { once: true });
  const reader = source.getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          end('complete');
          controller.close();
        } catch (error) {
          end('broken');
          controller.error(error);
        }
      },
      async cancel(reason) {
        end('left');
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, ended };
}
