import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';

/** Names that PyTorch's own formats go by. */
const pickleName = /\.(?:bin|pt|pth|pkl|pickle|ckpt)$/i;

/**
 * Refuses PyTorch's own files, which are pickles: opening one can run whatever its author put into it. Known by their name, and by their first
 * bytes under any other.
 * @throws ServiceError `invalid_adapter` with what to do instead
 */
export function refusePickle(path: string): void {
  const byName = pickleName.test(path);
  if (!byName && !startsAsPickle(firstBytes(path))) return;
  const name = basename(path);
  throw adapterError(
    `${name} is ${byName ? 'named as' : 'by its first bytes'} a pickle, which can run code when it is opened; only safetensors are read. ` +
      `Where you trust it, convert it in Python: from safetensors.torch import save_file; ` +
      `save_file({n: t.contiguous() for n, t in torch.load("${name}", map_location="cpu", weights_only=True).items()}, "adapter.safetensors")`,
  );
}

/** `PK\x03\x04` is the zip of torch.save since 1.6; protocols 2 to 5 of a bare pickle start with 0x80 and their number. */
function startsAsPickle(bytes: Uint8Array): boolean {
  const [first, second = 0, third, fourth] = bytes;
  const zip = first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04;
  const pickle = first === 0x80 && second >= 2 && second <= 5;
  // A safetensors header of 640 bytes starts with 0x80 0x02 too; its JSON opens at byte 8.
  return zip || (pickle && bytes[8] !== 0x7b);
}

function firstBytes(path: string): Uint8Array {
  const bytes = new Uint8Array(9);
  const descriptor = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
