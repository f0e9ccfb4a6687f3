import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ArchiveWindow, PieceTooLargeError } from '#edge/training/datasets/archive/archive-window.ts';

const archive = Uint8Array.from({ length: 100 }, (_, index) => index);

function openWindow(blockBytes: number) {
  const reads: [number, number][] = [];
  const read = async (from: number, to: number) => {
    reads.push([from, to]);
    return archive.slice(from, to);
  };
  return { window: new ArchiveWindow({ bytes: archive.length, read, blockBytes }), reads };
}

it('gives the bytes that were asked for, whichever blocks they lie in, and no more than there are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.tuple(fc.nat(99), fc.nat(120)), { maxLength: 20 }),
      async (blockBytes, pieces) => {
        const { window, reads } = openWindow(blockBytes);
        for (const [index, length] of pieces) {
          const expected = archive.slice(index, index + length);
          if (expected.length > 2 * blockBytes) {
            await expect(window.readUint8Array(index, length)).rejects.toThrow(PieceTooLargeError);
          } else expect(await window.readUint8Array(index, length)).toEqual(expected);
        }
        // Nothing is read past the end, and never more than a block.
        expect(reads.every(([from, to]) => to <= archive.length && to - from <= blockBytes)).toBe(true);
      },
    ),
  );
});

it('reads each block once from the front to the end', async () => {
  const { window, reads } = openWindow(50);
  const bytes = new Uint8Array(await new Response(window.createReadable({ offset: 5, size: 90 })).arrayBuffer());
  expect(bytes).toEqual(archive.slice(5, 95));
  expect(reads).toEqual([
    [0, 50],
    [50, 100],
  ]);
});

it('keeps what the store threw, and asks it again afterwards', async () => {
  const gone = new Error('gone');
  let failing = true;
  const read = async (from: number, to: number) => {
    if (failing) throw gone;
    return archive.slice(from, to);
  };
  const window = new ArchiveWindow({ bytes: archive.length, read, blockBytes: 16 });
  await expect(window.readUint8Array(0, 4)).rejects.toThrow(gone);
  expect(window.fault).toBe(gone);
  failing = false;
  expect(await window.readUint8Array(0, 4)).toEqual(archive.slice(0, 4));
});
