import { createHash } from 'node:crypto';
import { isJsonList, type Json, type JsonObject, textOf } from './json';

/** `{{resolve:ssm:/name}}` and the like: CloudFormation puts in what somebody else keeps. */
const DYNAMIC_REFERENCE = /\{\{resolve:[^}]*\}\}/g;

/** A text with something made up in place of what CloudFormation would look up, and the same each time. */
export function withoutDynamicReferences(text: string): string {
  return text.replace(DYNAMIC_REFERENCE, (reference) => `resolved-${digestOf(reference)}`);
}

/** What a function gives whose result the template does not say: a text that is the same for the same arguments. */
export function inventedValue(name: string, argument: Json): Json {
  return `${name.replace('Fn::', '')}-${digestOf(JSON.stringify(argument))}`;
}

/** A value of a parameter that has no default, as its type wants it. */
export function inventedParameter(name: string, { Type: type, AllowedValues: allowed }: JsonObject): Json {
  if (isJsonList(allowed) && allowed[0] !== undefined) return allowed[0];
  const text = textOf(type);
  if (text === 'Number') return '1';
  if (text === 'CommaDelimitedList' || text.includes('List<')) return [`${name}-1`, `${name}-2`];
  return name;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
