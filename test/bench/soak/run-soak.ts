import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { ScoringEngine, ScoringEngineOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { readLoadTexts } from '#test/bench/load/load-texts.ts';
import { randomAdapters } from '#test/bench/random-adapters.ts';
import { type MemorySample, type MemorySlope, memorySlope } from '#test/bench/report/memory-slope.ts';
import { compareAlone } from '#test/bench/soak/compare-alone.ts';
import { type DrawOptions, drawRequest } from '#test/bench/soak/draw-request.ts';
import { sendSoakRequest } from '#test/bench/soak/send-soak-request.ts';
import { SoakLedger } from '#test/bench/soak/soak-ledger.ts';

export interface SoakOptions
  extends Pick<DrawOptions, 'seed' | 'documentsMax' | 'patienceMs' | 'sampleEvery' | 'adapters'> {
  readonly engine: Omit<ScoringEngineOptions, 'observer'> & { readonly prefixCacheBytes: number };
  /** Adapters that are loaded at once; the others are thrown out and loaded again. */
  readonly adaptersLoaded: number;
  /** Callers, each with one request at a time. */
  readonly callers: number;
  /** Whether another request is sent, after so many. */
  readonly goesOn: (sent: number) => boolean;
  /** Milliseconds before a caller comes back that the queue had no room for. */
  readonly pauseMs: number;
  /** Milliseconds for the last answers to come. */
  readonly drainMs: number;
  /** Milliseconds between looks at memory and caches. */
  readonly sampleMs: number;
  readonly onProgress: (sentence: string) => void;
}

export interface SoakResult {
  readonly seed: number;
  readonly seconds: number;
  readonly requests: number;
  readonly documents: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly prefixEvictions: number;
  readonly adapterLoads: number;
  readonly adapterEvictions: number;
  /** Scores that were asked for again, alone, of another engine that keeps nothing. */
  readonly compared: number;
  readonly memory: readonly MemorySample[];
  readonly slope: MemorySlope | null;
  /** What went wrong, in sentences. */
  readonly faults: readonly string[];
}

const familiarDocuments = 120;

/** Random requests of random callers on a real engine for as long as `goesOn` says; then every account is settled. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { callers, goesOn, drainMs, sampleMs, onProgress } = options;
  const ledger = new SoakLedger();
  const texts = await readLoadTexts();
  const draw: DrawOptions = { ...options, texts, familiar: texts.unseen(familiarDocuments) };
  const files = adapterFiles(options.engine.modelPath, options.adapters);
  onProgress('starting the engine');
  const engine = await createScoringEngine(options.engine);
  const bytesMax = files.size * options.adaptersLoaded;
  const adapters = new LoadedAdapters({ engine, store: files.store, bytesMax, now: () => Date.now() });
  const startedAtMs = performance.now();
  const memory: MemorySample[] = [];
  const look = () => {
    memory.push({ seconds: (performance.now() - startedAtMs) / 1_000, residentBytes: process.memoryUsage.rss() });
    checkBounds(engine, adapters, options, ledger);
  };
  const timer = setInterval(look, sampleMs);
  let sent = 0;
  const caller = async () => {
    while (goesOn(sent)) {
      const id = sent;
      sent += 1;
      const parts = { engine, adapters, references: files.references, ledger };
      const outcome = await sendSoakRequest(id, drawRequest(id, draw), parts);
      // Whoever is refused by a full queue comes back later: at once, it would do nothing but be refused.
      if (outcome === 'overloaded') await delay(options.pauseMs);
    }
  };
  try {
    onProgress(`${callers} callers`);
    const ended = Promise.all(Array.from({ length: callers }, caller));
    await Promise.race([
      ended,
      whenItStops(goesOn, () => sent, sampleMs).then(() => delay(drainMs, null, { ref: false })),
    ]);
    look();
    if (engine.queueLength() > 0) ledger.fault(`${engine.queueLength()} documents still wait after the last answer`);
  } finally {
    clearInterval(timer);
    await engine.close();
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  onProgress(`asking for ${ledger.samples.length} scores again, alone`);
  await compareAlone(ledger, files.files, options.engine);
  const { loads, evictions } = adapters.statistics();
  return {
    ...{ seed: options.seed, seconds, requests: sent, documents: ledger.documents(), outcomes: ledger.outcomes() },
    ...{ prefixEvictions: engine.memory().prefixEvictions, adapterLoads: loads, adapterEvictions: evictions },
    ...{ compared: ledger.samples.length, memory, slope: memorySlope(memory), faults: ledger.faults() },
  };
}

function checkBounds(
  engine: ScoringEngine,
  adapters: LoadedAdapters,
  { engine: { queueLengthMax } }: SoakOptions,
  ledger: SoakLedger,
) {
  const { prefixBytes, prefixBytesMax } = engine.memory();
  const { bytes, bytesMax } = adapters.statistics();
  const waiting = engine.queueLength();
  if (prefixBytes > prefixBytesMax) ledger.fault(`${prefixBytes} bytes of prefixes are kept, of ${prefixBytesMax}`);
  if (bytes > bytesMax) ledger.fault(`${bytes} bytes of adapters are loaded, of ${bytesMax}`);
  if (queueLengthMax !== undefined && waiting > queueLengthMax)
    ledger.fault(`${waiting} documents wait, of ${queueLengthMax}`);
}

/** Resolves some time after no request is sent any more. */
async function whenItStops(goesOn: SoakOptions['goesOn'], sent: () => number, pollMs: number): Promise<void> {
  while (goesOn(sent())) await delay(pollMs, null, { ref: false });
}

/** The adapters as a store gives them: each file by its digest. */
function adapterFiles(modelPath: string, count: number) {
  const model = openModel(modelPath);
  const files = randomAdapters(model.config.hiddenSize, count);
  model.close();
  const byDigest = new Map(files.map((file) => [createHash('sha256').update(file).digest('hex'), file]));
  const store: AdapterStore = {
    async fetch({ digest }, reserve) {
      const file = byDigest.get(digest);
      if (file === undefined) throw new Error(`no adapter has the digest ${digest}`);
      reserve(file.byteLength);
      return file;
    },
  };
  const references = [...byDigest.keys()].map((digest, index) => ({ digest, name: `adapter-${index}` }));
  return { files, store, references, size: Math.max(...files.map(({ byteLength }) => byteLength)) };
}
