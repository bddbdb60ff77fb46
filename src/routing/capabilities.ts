/** What a request needs a model to be able to do, and which models are. */
import type { ModelInfo } from './catalogue.ts';

export interface Needs {
  readonly tools: boolean;
  readonly images: boolean;
}

export type Ability = keyof Needs;

type Abilities = Pick<ModelInfo, Ability>;

/**
 * What keeps each model from this request; a model that is not in the map can take it. One of which it is not known
 * whether it calls tools is asked only where none is known to; one of which it is not known whether it takes pictures
 * is not, unless the person named it.
 */
export function lacking<M extends Abilities>(
  models: readonly M[],
  needs: Needs,
  named: boolean,
): ReadonlyMap<M, Ability> {
  const lacks = new Map<M, Ability>();
  const sure = models.some(({ tools }) => tools === true);
  for (const model of models) {
    if (needs.images && !(model.images ?? named)) lacks.set(model, 'images');
    if (needs.tools && !(model.tools ?? (named || !sure))) lacks.set(model, 'tools');
  }
  return lacks;
}
