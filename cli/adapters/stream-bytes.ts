/** Bytes of a piece: small enough for a progress bar that moves, large enough to cost nothing. */
const pieceBytes = 262_144;

/** The bytes as a stream, piece by piece as they are asked for. `onSent` — bytes that have been handed over so far. */
export function streamBytes(bytes: Uint8Array, onSent: (sent: number) => void): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      const piece = bytes.subarray(sent, sent + pieceBytes);
      sent += piece.length;
      controller.enqueue(piece);
      onSent(sent);
    },
  });
}
