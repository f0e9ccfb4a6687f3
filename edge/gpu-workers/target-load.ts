/** What an isolate believes of how busy a target is. */
export interface TargetLoad {
  /** Milliseconds until the target has worked off what it had, as of `asOfMs`. */
  readonly backlogMs: number;
  readonly asOfMs: number;
  /** Milliseconds by which a character lengthens its queue; undefined until it has said so. */
  readonly msPerCharacter: number | undefined;
  /** Milliseconds that its calls spend outside of it; undefined until one was answered. */
  readonly networkMs: number | undefined;
  /** When it was last called; unix milliseconds. */
  readonly calledAtMs: number;
}

/** What the end of a call says of it. */
export interface AnsweredCall {
  readonly characters: number;
  readonly tookMs: number;
  /** Of these, the target's own. */
  readonly computeMs: number;
  /** Milliseconds until the target has worked off what waits, and those that this call took of it; undefined where it does not say. */
  readonly load: { readonly waitMs: number; readonly workMs: number } | undefined;
}

/** Weight of the newest call. */
const smoothing = 0.3;

export const unknownLoad: TargetLoad = {
  backlogMs: 0,
  asOfMs: 0,
  msPerCharacter: undefined,
  networkMs: undefined,
  calledAtMs: Number.NEGATIVE_INFINITY,
};

/** Milliseconds for which a new call would wait: what the target said, less the time since, more what this isolate has sent since. */
export function backlogAt({ backlogMs, asOfMs }: TargetLoad, nowMs: number): number {
  return Math.max(0, backlogMs - (nowMs - asOfMs));
}

export function loadWhenCalled(load: TargetLoad, characters: number, nowMs: number): TargetLoad {
  const added = characters * (load.msPerCharacter ?? 0);
  return { ...load, backlogMs: backlogAt(load, nowMs) + added, asOfMs: nowMs, calledAtMs: nowMs };
}

export function loadWhenAnswered(load: TargetLoad, call: AnsweredCall, nowMs: number): TargetLoad {
  const networkMs = blend(load.networkMs, Math.max(0, call.tookMs - call.computeMs));
  if (call.load === undefined) return { ...load, networkMs };
  const msPerCharacter = blend(load.msPerCharacter, call.load.workMs / Math.max(1, call.characters));
  return { ...load, networkMs, msPerCharacter, backlogMs: call.load.waitMs, asOfMs: nowMs };
}

function blend(old: number | undefined, newest: number): number {
  return old === undefined ? newest : old + (newest - old) * smoothing;
}
