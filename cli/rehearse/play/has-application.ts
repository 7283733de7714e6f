import { RELEASE_TYPE, RESOURCE_TYPE } from '../../../lambda/contract';
import { dependenciesOf } from '../../../rehearsal/template/graph';
import type { Template } from '../../../rehearsal/template/template';

/** Whether a template has code that waits for migrations: a function or an ECS service that is made after them. */
export function hasApplication({ body: { Resources } }: Template): boolean {
  return Object.values(Resources).some((definition) => {
    if (definition.Type !== 'AWS::Lambda::Function' && definition.Type !== 'AWS::ECS::Service') return false;
    const awaited = dependenciesOf(definition, (id) => {
      const type = Resources[id]?.Type;
      return type === RESOURCE_TYPE || type === RELEASE_TYPE;
    });
    // What waits for the migrations that contract is no application that these wait for.
    const contracts = awaited.some((id) => Resources[id]?.Properties?.ContractOf !== undefined);
    return awaited.length > 0 && !contracts;
  });
}
