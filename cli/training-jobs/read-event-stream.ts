/** An event of a stream of server-sent events, in so far as ours have them. */
export interface StreamedEvent {
  readonly id: string;
  readonly data: string;
}

/** The events of a body, as they come. A line that the end of the body cuts off is no event. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let held = '';
  let id = '';
  let data: string[] = [];
  for await (const chunk of body) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    held = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, data: data.join('\n') };
        data = [];
      }
      const field = /^(id|data):\s?(.*)$/.exec(line);
      if (field?.[1] === 'id') id = field[2] ?? '';
      if (field?.[1] === 'data') data.push(field[2] ?? '');
    }
  }
}
