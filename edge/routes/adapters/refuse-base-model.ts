import { ServiceError } from '#shared/errors/service-error.ts';

/** The name, unless it is the base model's: requests could never name the adapter. Throws ServiceError `invalid_request`. */
export function refuseBaseModel(name: string, baseModel: string): string {
  if (name !== baseModel) return name;
  throw new ServiceError('invalid_request', `name is "${name}", which is the base model; choose another`, {
    param: 'name',
  });
}
