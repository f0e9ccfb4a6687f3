import type { CommandIo } from '#cli/command-line/command-io.ts';
import { adapterConfigOf } from '#cli/engine/adapter-config-of.ts';
import { chooseCalibration } from '#cli/engine/choose-calibration.ts';
import type { EngineSettings } from '#cli/engine/engine-flags.ts';
import type { EvaluationScoring, Method } from '#cli/evaluation/evaluation-settings.ts';
import { defaultTemplate, type TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import { findBaseCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export interface CalibratedMethod {
  readonly method: Method;
  readonly template: TemplateName;
  /** Null: ordered by likelihood. */
  readonly calibration: Calibration | null;
}

export interface CalibrateMethodsOptions {
  readonly settings: Pick<EngineSettings, 'template'>;
  readonly scoring: EvaluationScoring;
  readonly io: Pick<CommandIo, 'stderr'>;
}

/**
 * The constants that each method is blended with: those of the file are for the first one, and serve another only where it has none of its own, since
 * constants of one adapter would misorder another's documents. All are chosen before the first pair is scored, which may take hours.
 * @throws UsageError for a blend without constants; ServiceError `invalid_adapter` naming file and reason
 */
export function calibrateMethods(
  methods: readonly Method[],
  { settings, scoring: { scoring, calibration: file }, io }: CalibrateMethodsOptions,
  modelFingerprint: string,
): CalibratedMethod[] {
  return methods.map((method, index) => {
    const config = method.kind === 'adapter' ? adapterConfigOf(method.adapter) : undefined;
    const template =
      method.kind === 'template' ? method.template : (settings.template ?? config?.template ?? defaultTemplate);
    const fromAdapter = config?.calibration;
    const own = fromAdapter ?? findBaseCalibration(modelFingerprint);
    const fromFile = index === 0 || own === null ? file : undefined;
    return {
      method,
      template,
      calibration: chooseCalibration({ scoring, fromFile, fromAdapter, modelFingerprint }, io),
    };
  });
}
