import { openByteSource } from '#gpu-worker/weights/byte-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Bytes of a JSON file of a checkpoint. The largest tokenizer.json has some 35 megabytes. */
const jsonBytesMax = 1 << 27;

/**
 * A JSON file of a checkpoint folder (configuration, shard index, tokenizer).
 * @throws ServiceError `invalid_weights` when it is missing, too large or not UTF-8 JSON
 */
export function readJsonFile(path: string): unknown {
  const source = openByteSource(path);
  try {
    if (source.size > jsonBytesMax)
      throw weightsFault(path, null, `its ${source.size} bytes exceed the maximum of ${jsonBytesMax}`);
    const bytes = new Uint8Array(source.size);
    source.read(0, bytes);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw weightsFault(path, null, 'it is not UTF-8 JSON', error);
    throw error;
  } finally {
    source.close();
  }
}
