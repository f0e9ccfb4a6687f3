import { seededByIds } from '#gpu-worker/q-peft/seeded-by-ids.ts';

/** The ablation of Q-PEFT-R: `k` tokens of the document drawn with replacement, whatever the query says; the same pair always draws the same. */
export function drawHintTokens(queryIds: readonly number[], documentIds: readonly number[], k: number): number[] {
  return drawHintPositions(queryIds, documentIds, k).map((position) => documentIds[position] ?? 0);
}

/** The same as places in the document. */
export function drawHintPositions(queryIds: readonly number[], documentIds: readonly number[], k: number): number[] {
  const random = seededByIds([...queryIds, -2, ...documentIds]);
  return Array.from({ length: k }, () => Math.floor(random() * documentIds.length));
}
