import { evaluate, holds, type Scope } from '../../rehearsal/template/intrinsics';
import type { Json } from '../../rehearsal/template/json';

const SCOPE: Scope = {
  body: {
    Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
    Parameters: {
      Size: { Type: 'String', Default: 'small' },
      Names: { Type: 'CommaDelimitedList', Default: 'a,b' },
      Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
      Missing: { Type: 'String' },
    },
    Conditions: {
      IsSmall: { 'Fn::Equals': [{ Ref: 'Size' }, 'small'] },
      IsLarge: { 'Fn::Not': [{ Condition: 'IsSmall' }] },
      Both: { 'Fn::And': [{ Condition: 'IsSmall' }, { Condition: 'IsLarge' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsSmall' }, { Condition: 'IsLarge' }] },
    },
    Mappings: { Zones: { 'eu-central-1': { first: 'a' } } },
  },
  pseudoParameters: { 'AWS::Region': 'eu-central-1', 'AWS::Partition': 'aws' },
  parameters: {},
  invents: false,
  physicalIdOf: (id) => `id-of-${id}`,
  attributeOf: (id, attribute) => `${id}/${attribute}`,
};

test.each<{ readonly value: Json; readonly gives: Json | undefined }>([
  { value: { Ref: 'Topic' }, gives: 'id-of-Topic' },
  { value: { Ref: 'Size' }, gives: 'small' },
  { value: { Ref: 'Names' }, gives: ['a', 'b'] },
  { value: { Ref: 'Version' }, gives: '21' },
  { value: { Ref: 'AWS::Region' }, gives: 'eu-central-1' },
  { value: { Ref: 'AWS::NoValue' }, gives: undefined },
  { value: { 'Fn::GetAtt': ['Topic', 'Endpoint.Address'] }, gives: 'Topic/Endpoint.Address' },
  { value: { 'Fn::GetAtt': 'Topic.Arn' }, gives: 'Topic/Arn' },
  {
    value: { 'Fn::Sub': '${Topic} ${Topic.Arn} ${AWS::Region} ${!Literal}' },
    gives: 'id-of-Topic Topic/Arn eu-central-1 ${Literal}',
  },
  { value: { 'Fn::Sub': ['${Own}-${Topic}', { Own: { Ref: 'Size' } }] }, gives: 'small-id-of-Topic' },
  { value: { 'Fn::Join': ['-', ['a', { Ref: 'Size' }, 1]] }, gives: 'a-small-1' },
  { value: { 'Fn::Select': ['1', { 'Fn::Split': [':', 'x:y:z'] }] }, gives: 'y' },
  { value: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, gives: 'eu-central-1a' },
  { value: { 'Fn::Select': [0, { 'Fn::GetAtt': ['Topic', 'List'] }] }, gives: 'Topic/List[0]' },
  { value: { 'Fn::FindInMap': ['Zones', { Ref: 'AWS::Region' }, 'first'] }, gives: 'a' },
  { value: { 'Fn::Base64': 'text' }, gives: 'dGV4dA==' },
  { value: { 'Fn::If': ['IsSmall', { Ref: 'Topic' }, { Ref: 'Missing' }] }, gives: 'id-of-Topic' },
  { value: { Kept: 1, Gone: { 'Fn::If': ['IsLarge', 1, { Ref: 'AWS::NoValue' }] } }, gives: { Kept: 1 } },
  { value: ['x', { Ref: 'AWS::NoValue' }], gives: ['x'] },
  { value: { Ref: 'Topic', Beside: 'it' }, gives: { Ref: 'Topic', Beside: 'it' } },
])('$value gives $gives', ({ value, gives }) => {
  expect(evaluate(value, SCOPE)).toEqual(gives);
});

test('a parameter that was given goes before its default', () => {
  expect(evaluate({ Ref: 'Size' }, { ...SCOPE, parameters: { Size: 'large' } })).toBe('large');
  expect(evaluate({ Ref: 'Version' }, { ...SCOPE, parameters: { Version: '6' } })).toBe('6');
});

test.each<{ readonly value: Json; readonly says: string }>([
  { value: { Ref: 'Nothing' }, says: 'the template refers to "Nothing", which it does not have' },
  { value: { Ref: 'Missing' }, says: 'parameter "Missing" has neither a value nor a default' },
  { value: { 'Fn::Transform': {} }, says: 'the rehearsal cannot evaluate Fn::Transform' },
  { value: { 'Fn::Select': [3, ['a']] }, says: 'Fn::Select cannot select nonexistent value at index 3' },
  { value: { 'Fn::FindInMap': ['Zones', 'x', 'y'] }, says: 'the template\'s mapping "Zones" has no x.y' },
  { value: { 'Fn::If': ['Nothing', 1, 2] }, says: 'the template has no condition "Nothing"' },
])('$value is refused: $says', ({ value, says }) => {
  expect(() => evaluate(value, SCOPE)).toThrow(says);
});

const DIGITS = '[0-9a-f]{8}';

test.each<{ readonly value: Json; readonly gives: unknown }>([
  { value: { Ref: 'Nothing' }, gives: 'Nothing' },
  { value: { Ref: 'Missing' }, gives: 'Missing' },
  { value: { Ref: 'Number' }, gives: '1' },
  { value: { Ref: 'Subnets' }, gives: ['Subnets-1', 'Subnets-2'] },
  { value: { Ref: 'Stage' }, gives: 'test' },
  { value: '{{resolve:ssm:/a}} and', gives: expect.stringMatching(`^resolved-${DIGITS} and$`) },
  { value: { 'Fn::Transform': {} }, gives: expect.stringMatching(`^Transform-${DIGITS}$`) },
  { value: { 'Fn::Select': [3, ['a']] }, gives: expect.stringMatching(`^Select-${DIGITS}$`) },
  { value: { 'Fn::FindInMap': ['Zones', 'x', 'y', { DefaultValue: 'z' }] }, gives: 'z' },
  { value: { 'Fn::If': ['Nothing', 1, 2] }, gives: 2 },
  { value: { 'Fn::ToJsonString': { a: { Ref: 'Size' } } }, gives: '{"a":"small"}' },
  { value: { 'Fn::Length': [1, 2] }, gives: 2 },
])('where the template does not say it, $value is made up, and the same each time', ({ value, gives }) => {
  const Parameters = {
    ...SCOPE.body.Parameters,
    Number: { Type: 'Number' },
    Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' },
    Stage: { Type: 'String', AllowedValues: ['test', 'production'] },
  };
  const scope = { ...SCOPE, invents: true, body: { ...SCOPE.body, Parameters } };
  expect(evaluate(value, scope)).toEqual(gives);
  expect(evaluate(value, scope)).toEqual(evaluate(value, scope));
});

test.each([
  { condition: 'IsSmall', result: true },
  { condition: 'IsLarge', result: false },
  { condition: 'Both', result: false },
  { condition: 'Either', result: true },
])('condition $condition is $result', ({ condition, result }) => {
  expect(holds(condition, SCOPE)).toBe(result);
});
