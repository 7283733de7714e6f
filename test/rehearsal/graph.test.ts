import type { Json } from '../../rehearsal/template/json';
import { attributesRead, dependenciesOf, reversed } from '../../rehearsal/template/graph';

test('a resource needs what it refers to in any way, and nothing that is no resource', () => {
  const definition = {
    Type: 'AWS::SNS::Topic',
    DependsOn: 'Named',
    Properties: {
      A: { Ref: 'ByRef' },
      B: [{ 'Fn::GetAtt': ['ByAttribute', 'Endpoint.Address'] }],
      C: { 'Fn::Sub': 'x ${BySub} ${BySubAttribute.Arn} ${!Literal} ${AWS::Region}' },
      D: { 'Fn::Sub': ['${Own} ${AlsoBySub}', { Own: { Ref: 'InVariables' } }] },
      E: { 'Fn::If': ['Condition', { Ref: 'InBranch' }, 'x'] },
      F: { Ref: 'Parameter' },
    },
  };
  const resources = new Set([
    'Named',
    'ByRef',
    'ByAttribute',
    'BySub',
    'BySubAttribute',
    'AlsoBySub',
    'InVariables',
    'InBranch',
    'Own',
    'Literal',
  ]);
  expect(dependenciesOf(definition, (id) => resources.has(id)).toSorted()).toEqual(
    [...resources].filter((id) => id !== 'Own' && id !== 'Literal').toSorted(),
  );
});

test('the attributes that a template reads of a resource are found', () => {
  const values: readonly Json[] = [
    { 'Fn::GetAtt': ['Thing', 'Version'] },
    { 'Fn::Sub': '${Thing.Digest} ${Other.Arn}' },
    { Ref: 'Thing' },
  ];
  expect(attributesRead(values, 'Thing')).toEqual(['Version', 'Digest']);
});

test('backwards, what needs another comes first', () => {
  const nodes = [
    { id: 'a', after: [] },
    { id: 'b', after: ['a'] },
    { id: 'c', after: ['a', 'b'] },
  ];
  expect(reversed(nodes)).toEqual([
    { id: 'a', after: ['b', 'c'] },
    { id: 'b', after: ['c'] },
    { id: 'c', after: [] },
  ]);
});
