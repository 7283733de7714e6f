import { references } from '../../../rehearsal/template/graph';
import { isJsonList, isJsonObject, type Json, type JsonObject, textOf } from '../../../rehearsal/template/json';
import type { Template, TemplateBody } from '../../../rehearsal/template/template';
import { EXIT_CODE } from '../../exit-code';
import type { ExpectedFailure } from '../../expected-failure';
import { nothingPlayed } from '../nothing-played';
import type { Assembly, AssemblyStack } from './assembly';

/** A value as `cdk deploy --parameters` takes it: `[STACK:]NAME=VALUE`. */
export interface GivenParameter {
  /** Null: whichever stack is played. */
  readonly stack: string | null;
  readonly name: string;
  readonly value: string;
}

/** Values by the names of a template's parameters. */
export type ParameterValues = ReadonlyMap<string, string>;

/** Reads what was given. A value may hold further equals signs, and may be empty. */
export function parseParameters(texts: readonly string[]): readonly GivenParameter[] {
  return texts.map((text) => {
    const [, stack = null, name = '', value = ''] = /^(?:([^:=]+):)?([^:=]+)=(.*)$/s.exec(text) ?? [];
    // What follows may be a secret.
    const shown = text.includes('=') ? `${text.slice(0, text.indexOf('='))}=…` : text;
    if (name === '') throw unusable(`--parameters ${shown}: write [STACK:]NAME=VALUE, as for "cdk deploy"`);
    return { stack, name, value };
  });
}

/**
 * The values for the stack that is played, checked as CloudFormation would check them for the new release.
 *
 * @param assembly the new release's: what is given for another stack of it is that one's
 */
export function parametersFor(
  given: readonly GivenParameter[],
  { next, base }: { readonly next: AssemblyStack; readonly base: AssemblyStack | null },
  assembly: Assembly,
): ParameterValues {
  const values = new Map<string, string>();
  for (const one of ofStacksLast(given)) {
    const { stack, name, value } = one;
    const isCalled = (each: AssemblyStack): boolean => each.name === stack || each.path === stack;
    if (stack !== null && !isCalled(next)) {
      if (assembly.stacks.some(isCalled)) continue;
      const paths = assembly.stacks.map((each) => each.path).join(', ');
      throw unusable(`--parameters ${stack}:${name}: there is no stack ${stack}; there are ${paths}`);
    }
    const definition = definitionsIn(next.template.body)[name];
    if (definition === undefined && stack === null && around(next).some((each) => defines(each, name))) continue;
    if (definition === undefined && (base === null || definitionsIn(base.template.body)[name] === undefined)) {
      throw unusable(`--parameters ${name}: the template of ${next.path} has no such parameter; ${known(next)}`);
    }
    if (definition !== undefined) requireAllowed(one, definition);
    values.set(name, value);
  }
  return values;
}

/** The values for a stack around the one that is played: what is given for another stack says nothing of it. */
export function parametersAround(given: readonly GivenParameter[], stack: AssemblyStack): ParameterValues {
  const own = ofStacksLast(given).filter(
    (one) => one.stack === null || one.stack === stack.name || one.stack === stack.path,
  );
  return new Map(
    own.flatMap((one) => {
      const definition = definitionsIn(stack.template.body)[one.name];
      if (definition === undefined) return [];
      requireAllowed(one, definition);
      return [[one.name, one.value] as const];
    }),
  );
}

/** As in the CDK, what names the stack goes before what does not: the last of several is taken. */
function ofStacksLast(given: readonly GivenParameter[]): readonly GivenParameter[] {
  return given.toSorted((a, b) => Number(a.stack !== null) - Number(b.stack !== null));
}

/** The stacks that a nested one is in, the innermost first. */
function around({ parent }: AssemblyStack): readonly AssemblyStack[] {
  return parent === null ? [] : [parent.stack, ...around(parent.stack)];
}

function defines({ template }: AssemblyStack, name: string): boolean {
  return definitionsIn(template.body)[name] !== undefined;
}

function requireAllowed({ name, value }: GivenParameter, definition: JsonObject): void {
  const problem = problemOf(value, definition);
  if (problem === null) return;
  const shown = isTrue(definition.NoEcho) ? 'its value' : `"${value}"`;
  throw unusable(`--parameters ${name}: ${shown} ${problem}, so that CloudFormation would refuse it`);
}

/** Parameters that a template reads and whose value nobody has given, nor holds the template: it is made up. */
export function madeUpParameters({ body }: Template): readonly string[] {
  const { Parameters, ...rest } = body;
  const read = new Set(references(rest as unknown as Json));
  return Object.entries(Parameters ?? {})
    .filter(([name]) => read.has(name))
    .filter(([name, { Default, Type }]) => Default === undefined || (isLookedUp(Type) && name !== BOOTSTRAP))
    .map(([name]) => name);
}

/** The template with these values in place of its parameters, wherever it has those. */
export function withParameters(template: Template, values: ParameterValues): Template {
  const definitions = definitionsIn(template.body);
  const own = new Map([...values].filter(([name]) => definitions[name] !== undefined));
  if (own.size === 0) return template;
  const valueOf = (name: string): Json => {
    const value = own.get(name) ?? '';
    return isList(definitions[name]?.Type) ? value.split(',').map((each) => each.trim()) : value;
  };
  const replaced = (json: Json): Json => {
    if (isJsonList(json)) return json.map(replaced);
    if (!isJsonObject(json)) return json;
    const { Ref: name } = json;
    if (typeof name === 'string' && Object.keys(json).length === 1 && own.has(name)) return valueOf(name);
    return Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, replaced(inner)]));
  };
  // What names a parameter within a text, in an Fn::Sub, takes its default.
  const Parameters = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => {
      const value = own.get(name);
      return [name, value === undefined ? definition : { ...definition, Type: 'String', Default: value }];
    }),
  );
  const body = replaced(template.body as unknown as Json) as unknown as TemplateBody;
  return { ...template, body: { ...body, Parameters } };
}

/** The CDK adds it to each template, and finds it by itself. */
const BOOTSTRAP = 'BootstrapVersion';

function definitionsIn({ Parameters = {} }: TemplateBody): Readonly<Record<string, JsonObject>> {
  // Without what every object has: a parameter may be called toString.
  return Object.assign(Object.create(null) as Record<string, JsonObject>, Parameters);
}

function known({ template }: AssemblyStack): string {
  const names = Object.keys(definitionsIn(template.body)).filter((name) => name !== BOOTSTRAP);
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}

/** Its value is in the parameter store of AWS. */
function isLookedUp(type: Json | undefined): boolean {
  return textOf(type).startsWith('AWS::SSM::Parameter::Value');
}

function isList(type: Json | undefined): boolean {
  return /List<|^CommaDelimitedList$/.test(textOf(type));
}

/** What a definition has against a value; null where it allows it. */
function problemOf(value: string, definition: JsonObject): string | null {
  const { AllowedValues: allowed, AllowedPattern: pattern, MinLength, MaxLength, MinValue, MaxValue } = definition;
  const type = textOf(definition.Type);
  const each = isList(type) ? value.split(',').map((one) => one.trim()) : [value];
  if (type.includes('Number') && !each.every((one) => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(one))) {
    return 'is no number';
  }
  const texts = isJsonList(allowed) ? allowed.map(textOf) : null;
  if (texts !== null && !each.every((one) => texts.includes(one))) return `is none of ${texts.join(', ')}`;
  if (pattern !== undefined && !each.every((one) => matches(one, textOf(pattern)))) {
    return `does not match ${textOf(pattern)}`;
  }
  if (MinLength !== undefined && value.length < Number(MinLength)) return `is shorter than ${textOf(MinLength)}`;
  if (MaxLength !== undefined && value.length > Number(MaxLength)) return `is longer than ${textOf(MaxLength)}`;
  if (MinValue !== undefined && each.some((one) => Number(one) < Number(MinValue))) {
    return `is less than ${textOf(MinValue)}`;
  }
  if (MaxValue !== undefined && each.some((one) => Number(one) > Number(MaxValue))) {
    return `is more than ${textOf(MaxValue)}`;
  }
  return null;
}

/** The pattern is one of Java's: what only that knows is left to CloudFormation. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 's').test(value);
  } catch {
    return true;
  }
}

function isTrue(value: Json | undefined): boolean {
  return textOf(value) === 'true';
}

function unusable(problem: string): ExpectedFailure {
  return nothingPlayed('parameter-unusable', problem, EXIT_CODE.usage);
}
