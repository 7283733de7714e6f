import { isJsonList, isJsonObject, type Json, type JsonObject, textOf } from './json';

/**
 * Whether an event matches an EventBridge pattern: nested objects, lists of allowed values, and the filters prefix,
 * suffix, anything-but, exists and equals-ignore-case. Throws for a filter that it does not know: a rule that seems to
 * match nothing would be a puzzle.
 */
export function matchesPattern(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    const actual = event[key];
    if (isJsonList(expected)) return matchesAny(expected, actual);
    if (!isJsonObject(expected)) {
      throw new Error(`an event pattern's "${key}" is ${JSON.stringify(expected)}, neither a list nor an object`);
    }
    return isJsonObject(actual) && matchesPattern(expected, actual);
  });
}

function matchesAny(allowed: readonly Json[], actual: Json | undefined): boolean {
  // A list in the event matches where any of its items does.
  const values: readonly (Json | undefined)[] = isJsonList(actual) ? actual : [actual];
  return allowed.some((filter) => values.some((value) => matchesFilter(filter, value)));
}

function matchesFilter(filter: Json, value: Json | undefined): boolean {
  if (!isJsonObject(filter)) return filter === value;
  const [entry] = Object.entries(filter);
  if (entry === undefined) return false;
  const [name, argument] = entry;
  switch (name) {
    case 'exists':
      return (value !== undefined) === argument;
    case 'prefix':
      return typeof value === 'string' && value.startsWith(textOf(argument));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(textOf(argument));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === textOf(argument).toLowerCase();
    case 'anything-but': {
      if (value === undefined) return false;
      const excluded = isJsonList(argument) ? argument : [argument];
      return !excluded.some((item) => matchesFilter(item, value));
    }
    default:
      throw new Error(`the rehearsal does not know the event pattern filter "${name}"`);
  }
}
