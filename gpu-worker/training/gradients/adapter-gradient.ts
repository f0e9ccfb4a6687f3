import { NotFiniteError } from '#gpu-worker/training/not-finite-error.ts';

/** dL/d(what is trained), summed over the sequences of a step. */
export interface AdapterGradient {
  /** By parameter name. */
  readonly dense: Map<string, Float32Array>;
  /** Of rows of E', by token id: float32 [D]. */
  readonly rows: Map<number, Float32Array>;
}

export function emptyGradient(): AdapterGradient {
  return { dense: new Map(), rows: new Map() };
}

export function addDense(gradient: AdapterGradient, name: string, values: Float32Array): void {
  const sum = gradient.dense.get(name);
  if (sum === undefined) gradient.dense.set(name, values.slice());
  else addInto(sum, values);
}

/** @param values float32 [ids, D]; an id that stands twice gets both rows */
export function addRows(gradient: AdapterGradient, ids: readonly number[], values: Float32Array): void {
  const width = values.length / ids.length;
  for (const [index, id] of ids.entries()) {
    const row = values.subarray(index * width, (index + 1) * width);
    const sum = gradient.rows.get(id);
    if (sum === undefined) gradient.rows.set(id, row.slice());
    else addInto(sum, row);
  }
}

/** Adds `part` to `sum`: the results of several threads, always in the same order, so that a seed gives the same bits. */
export function addGradient(sum: AdapterGradient, part: AdapterGradient): void {
  for (const [name, values] of part.dense) addDense(sum, name, values);
  for (const [id, values] of part.rows) addRows(sum, [id], values);
}

/**
 * Scales a gradient down, in place, to at most `normMax` over all parameters together, as torch's `clip_grad_norm_`; returns the norm that it
 * had. A norm that is not finite throws.
 */
export function clipGradient(gradient: AdapterGradient, normMax: number): number {
  const parts = [...gradient.dense.values(), ...gradient.rows.values()];
  let squares = 0;
  for (const part of parts) for (const value of part) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) throw new NotFiniteError(`the norm of the gradient is ${norm}, not a finite number`);
  // torch's guard against a division by zero; kept so that steps agree.
  const scale = normMax / (norm + 1e-6);
  if (scale < 1) {
    for (const part of parts) for (const [index, value] of part.entries()) part[index] = value * scale;
  }
  return norm;
}

function addInto(sum: Float32Array, values: Float32Array): void {
  if (sum.length !== values.length)
    throw new Error(`a gradient of ${values.length} values for a tensor of ${sum.length}`);
  for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (values[index] ?? 0);
}
