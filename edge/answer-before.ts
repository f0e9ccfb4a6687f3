/** The answer, or, where the signal fires first, what `faultOf` makes of its reason. Nothing ends the work behind the answer: not every runtime does so by a signal. */
export async function answerBefore<Answer>(
  signal: AbortSignal,
  answer: Promise<Answer>,
  faultOf: (reason: unknown) => Error,
): Promise<Answer> {
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(faultOf(signal.reason));
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
