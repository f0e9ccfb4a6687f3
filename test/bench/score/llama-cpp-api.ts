/** The few calls of node-llama-cpp 3.22 that the benchmark makes. The package is no dependency: it is fetched when the benchmark runs. */

export interface LlamaModule {
  getLlama(options: {
    gpu: false;
    build: 'never';
    progressLogs: false;
    maxThreads: number;
    skipDownload: true;
  }): Promise<Llama>;
}

export interface Llama {
  readonly systemInfo: string;
  loadModel(options: { modelPath: string; gpuLayers: 0 }): Promise<LlamaModel>;
}

export interface LlamaModel {
  createContext(options: {
    contextSize: number;
    batchSize: number;
    sequences: number;
    threads: { ideal: number; min: number };
  }): Promise<LlamaContext>;
}

export interface LlamaContext {
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
}

/** A token, or one whose next-token logits are wanted. */
export type EvaluationItem = number | [token: number, options: { generateNext: NextTokenRequest }];

export interface NextTokenRequest {
  readonly token: true;
  /** Σ exp(logit − largest logit). */
  readonly totalLogitWeight: true;
  readonly logits: { readonly filter: { readonly tokens: readonly number[]; readonly includeSelected: true } };
}

export interface LlamaSequence {
  clearHistory(): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
  controlledEvaluate(
    items: readonly EvaluationItem[],
  ): Promise<
    readonly (
      | { readonly next: { token?: number | null; totalLogitWeight?: number; logits?: ReadonlyMap<number, number> } }
      | undefined
    )[]
  >;
}
