import type { AssemblyStack } from '../../../cli/rehearse/release/assembly';
import {
  madeUpParameters,
  parametersFor,
  parseParameters,
  withParameters,
} from '../../../cli/rehearse/release/parameters';
import type { JsonObject } from '../../../rehearsal/template/json';
import type { Template } from '../../../rehearsal/template/template';

function template(Parameters: Readonly<Record<string, JsonObject>>, Properties: JsonObject = {}): Template {
  return { body: { Resources: { Any: { Type: 'Any', Properties } }, Parameters }, folder: '', assets: new Map() };
}

function stack(name: string, own: Template): AssemblyStack {
  const path = `Production/${name}`;
  return { name, path, template: own, isOurs: true, dependents: [], environment: {}, parent: null };
}

const SIZE = { Type: 'String' };

function valuesFor(texts: readonly string[], definition: JsonObject = SIZE): Readonly<Record<string, string>> {
  const next = stack('Shop', template({ Size: definition }));
  const base = stack('Shop', template({ Old: SIZE }));
  const other = stack('Other', template({ Size: SIZE }));
  const assembly = { stacks: [next, other], lookups: [] };
  return Object.fromEntries(parametersFor(parseParameters(texts), { next, base }, assembly));
}

test.each([
  { texts: ['Size=a=b:c'], values: { Size: 'a=b:c' } },
  { texts: ['Size='], values: { Size: '' } },
  { texts: ['Size=a\nb'], values: { Size: 'a\nb' } },
  { texts: ['Size=a', 'Size=b'], values: { Size: 'b' } },
  { texts: ['Shop:Size=a', 'Size=b'], values: { Size: 'a' } },
  { texts: ['Production/Shop:Size=a'], values: { Size: 'a' } },
  { texts: ['Other:Size=a', 'Other:Unknown=b'], values: {} },
  { texts: ['Old=a'], values: { Old: 'a' } },
])('$texts gives $values', ({ texts, values }) => {
  expect(valuesFor(texts)).toEqual(values);
});

test.each(['Size', '=a', ':Size=a', 'Shop:=a', 'a:b:c=d'])('%s is no parameter', (text) => {
  expect(() => valuesFor([text])).toThrow('write [STACK:]NAME=VALUE');
});

test('what is no parameter may hold a secret, which is not printed', () => {
  expect(() => valuesFor(['Shop:Db:Password=s3cret'])).toThrow(/^--parameters Shop:Db:Password=…: write/);
});

test.each(['toString', 'constructor', '__proto__'])('%s is a parameter only where the template has it', (name) => {
  expect(() => valuesFor([`${name}=a`])).toThrow('has no such parameter');
});

test.each<[string, JsonObject, string | null]>([
  ['8', { Type: 'Number', MinValue: 1, MaxValue: 8 }, null],
  ['9', { Type: 'Number', MaxValue: '8' }, 'is more than 8'],
  ['0', { Type: 'Number', MinValue: 1 }, 'is less than 1'],
  ['', { Type: 'Number' }, 'is no number'],
  ['0x1f', { Type: 'Number' }, 'is no number'],
  ['1, 2.5', { Type: 'List<Number>' }, null],
  ['1,b', { Type: 'List<Number>' }, 'is no number'],
  ['a,b', { Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] }, null],
  ['a,c', { Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] }, 'is none of a, b'],
  ['ab', { Type: 'String', AllowedPattern: 'a|ab' }, null],
  ['abc', { Type: 'String', AllowedPattern: 'a|ab' }, 'does not match a|ab'],
  ['abc', { Type: 'String', AllowedPattern: '(?i)a++b' }, null],
  ['abc', { Type: 'String', MaxLength: 2 }, 'is longer than 2'],
])('"%s" as %j: %s', (value, definition, problem) => {
  const give = (): unknown => valuesFor([`Size=${value}`], definition);
  if (problem === null) expect(give).not.toThrow();
  else expect(give).toThrow(`--parameters Size: "${value}" ${problem}, so that CloudFormation would refuse it`);
});

test('a value takes the place of a parameter wherever a template reads it', () => {
  const resources = template(
    { Size: SIZE, Zones: { Type: 'List<AWS::EC2::Subnet::Id>' }, Kept: SIZE },
    { a: { Ref: 'Size' }, b: { 'Fn::Sub': '${Size}!' }, c: [{ Ref: 'Zones' }], d: { Ref: 'Kept' }, e: { Ref: 'Any' } },
  );
  const Conditions = { IsSmall: { 'Fn::Equals': [{ Ref: 'Size' }, 'small'] } };
  const before = { ...resources, body: { ...resources.body, Conditions } };
  const values = new Map([
    ['Size', 'small'],
    ['Zones', 'a, b'],
    ['Unknown', 'x'],
  ]);
  const after = withParameters(before, values);

  expect(after.body.Resources.Any?.Properties).toEqual({
    ...{ a: 'small', b: { 'Fn::Sub': '${Size}!' }, c: [['a', 'b']], d: { Ref: 'Kept' }, e: { Ref: 'Any' } },
  });
  expect(after.body.Conditions).toEqual({ IsSmall: { 'Fn::Equals': ['small', 'small'] } });
  expect(after.body.Parameters).toMatchObject({ Size: { Default: 'small' }, Kept: SIZE });
  expect(withParameters(before, new Map([['Unknown', 'x']]))).toBe(before);
});

test('what is made up is read, has no default, or is in the parameter store', () => {
  const store = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/name' };
  const parameters = { A: SIZE, B: { ...SIZE, Default: 'b' }, C: store, Unread: SIZE, BootstrapVersion: store };
  const read = template(parameters, { of: ['A', 'B', 'C', 'BootstrapVersion'].map((name) => ({ Ref: name })) });

  expect(madeUpParameters(read)).toEqual(['A', 'C']);
  expect(madeUpParameters(withParameters(read, new Map([['C', 'c']])))).toEqual(['A']);
});
