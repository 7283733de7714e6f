import { evaluate, type Scope } from '../../../rehearsal/template/intrinsics';
import { isJsonList, type Json, textOf } from '../../../rehearsal/template/json';
import type { AssemblyStack } from './assembly';
import { type GivenParameter, parametersAround, type ParameterValues, withParameters } from './parameters';

/**
 * A stack whose parameters have their values: what somebody gives, else what the stack around a nested one gives, as far as
 * templates say it. What a resource of that stack or AWS alone knows has no default any more: that is not its value there.
 *
 * @param own of what was given, what is for the stack itself
 */
export function withAllParameters(
  stack: AssemblyStack,
  given: readonly GivenParameter[],
  own: ParameterValues,
): AssemblyStack {
  const { parent, template } = stack;
  if (parent === null) return { ...stack, template: withParameters(template, own) };
  const outer = withAllParameters(parent.stack, given, parametersAround(given, parent.stack));
  const scope = scopeOf(outer);
  const definitions = template.body.Parameters ?? {};
  const values = new Map<string, string>();
  const unknown = new Set<string>();
  for (const [name, expression] of Object.entries(parent.parameters)) {
    const isLookedUp = textOf(definitions[name]?.Type).startsWith('AWS::SSM::');
    const value = isLookedUp ? null : known(expression, scope);
    if (value === null) unknown.add(name);
    else values.set(name, value);
  }
  const Parameters = Object.fromEntries(
    Object.entries(definitions).map(([name, { Default, ...rest }]) => [
      name,
      Default === undefined || unknown.has(name) ? rest : { ...rest, Default },
    ]),
  );
  return {
    ...stack,
    template: withParameters({ ...template, body: { ...template.body, Parameters } }, new Map([...values, ...own])),
  };
}

/** Null where the value is not known here. */
function known(expression: Json, scope: Scope): string | null {
  try {
    const value = evaluate(expression, scope) ?? null;
    const text = value === null ? null : isJsonList(value) ? value.map(textOf).join(',') : textOf(value);
    return text?.includes('{{resolve:') === true ? null : text;
  } catch {
    return null;
  }
}

function scopeOf({ name, template, environment }: AssemblyStack): Scope {
  const { accountId, region } = environment;
  return {
    body: template.body,
    invents: false,
    parameters: {},
    pseudoParameters: {
      'AWS::StackName': name,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      ...(accountId !== undefined && { 'AWS::AccountId': accountId }),
      ...(region !== undefined && { 'AWS::Region': region }),
    },
    physicalIdOf: unknown,
    attributeOf: unknown,
  };
}

function unknown(): never {
  throw new Error('only AWS knows it');
}
