import { leakageStudy } from '#cli/study/studies/leakage-study.ts';
import { lengthStudy } from '#cli/study/studies/length-study.ts';
import { marginStudy } from '#cli/study/studies/margin-study.ts';
import { retrieversStudy } from '#cli/study/studies/retrievers-study.ts';
import { robustnessStudy } from '#cli/study/studies/robustness-study.ts';
import { selectionStudy } from '#cli/study/studies/selection-study.ts';
import { trainingSizeStudy } from '#cli/study/studies/training-size-study.ts';
import { variantsStudy } from '#cli/study/studies/variants-study.ts';
import type { Study } from '#cli/study/study.ts';

/** Every study that `hintrank study NAME` knows, in the order of the help. */
export const studyTable: readonly Study[] = [
  retrieversStudy,
  variantsStudy,
  trainingSizeStudy,
  leakageStudy,
  robustnessStudy,
  lengthStudy,
  selectionStudy,
  marginStudy,
];
