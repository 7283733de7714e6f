import { references } from './graph';
import type { Json } from './json';
import type { ResourceDefinition, TemplateBody } from './template';

/**
 * The resources that do something where only custom resources of some types are played: these, the functions that serve them
 * or answer for those, and the rules and settings by which the functions are invoked. All else succeeds at once.
 */
export function activeResources(body: TemplateBody, types: ReadonlySet<string>): ReadonlySet<string> {
  const all = Object.entries(body.Resources);
  const active = new Set(all.filter(([, { Type }]) => types.has(Type)).map(([id]) => id));
  const functionsIn = (value: Json | undefined): readonly string[] =>
    references(value ?? null).filter((id) => body.Resources[id]?.Type === 'AWS::Lambda::Function');

  const served = new Set([...active].flatMap((id) => functionsIn(body.Resources[id]?.Properties?.ServiceToken)));
  const configsOf = (functions: ReadonlySet<string>): readonly [string, ResourceDefinition][] =>
    all.filter(
      ([, { Type, Properties }]) =>
        Type === 'AWS::Lambda::EventInvokeConfig' &&
        functionsIn(Properties?.FunctionName).some((id) => functions.has(id)),
    );
  const answering = configsOf(served).flatMap(([, { Properties }]) => functionsIn(Properties?.DestinationConfig));
  const functions = new Set([...served, ...answering]);
  const rules = all.filter(
    ([, { Type, Properties }]) =>
      Type === 'AWS::Events::Rule' && functionsIn(Properties?.Targets).some((id) => functions.has(id)),
  );
  return new Set([...active, ...functions, ...configsOf(functions).map(([id]) => id), ...rules.map(([id]) => id)]);
}
