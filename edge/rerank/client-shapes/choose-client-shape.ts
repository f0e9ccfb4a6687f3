import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { cohereShape } from '#edge/rerank/client-shapes/cohere-shape.ts';
import { mixedbreadShape } from '#edge/rerank/client-shapes/mixedbread-shape.ts';
import { teiShape } from '#edge/rerank/client-shapes/tei-shape.ts';
import { voyageShape } from '#edge/rerank/client-shapes/voyage-shape.ts';
import { workersAiShape } from '#edge/rerank/client-shapes/workers-ai-shape.ts';
import type { JsonObject } from '#edge/rerank/normalise-rerank-body.ts';

/** In the order in which they are tried: each knows itself by a field that no earlier one uses. */
const translatedShapes: readonly ClientShape[] = [teiShape, workersAiShape, mixedbreadShape, voyageShape];

/** The shape of a body by its fields, as llama.cpp does it; whatever is not recognised is read as Cohere's. `documents` decides for Cohere's and Voyage's. */
export function chooseClientShape(body: JsonObject): ClientShape {
  return translatedShapes.find((shape) => shape.matches(body)) ?? cohereShape;
}
