import type { AssemblyStack } from '../../../cli/rehearse/release/assembly';
import { withAllParameters } from '../../../cli/rehearse/release/nested-parameters';
import { madeUpParameters, parametersFor, parseParameters } from '../../../cli/rehearse/release/parameters';
import type { JsonObject } from '../../../rehearsal/template/json';

/** A stack with a parameter that it reads, and in which stack it is nested and gets what there. */
function stack(name: string, parameter: string, parent: AssemblyStack['parent']): AssemblyStack {
  const definition: JsonObject = parent === null ? { Type: 'String' } : { Type: 'String', Default: 'none' };
  const Resources = { Any: { Type: 'Any', Properties: { of: { Ref: parameter } } } };
  const template = { body: { Resources, Parameters: { [parameter]: definition } }, folder: '', assets: new Map() };
  return { name, path: name, template, isOurs: parent !== null, dependents: [], environment: {}, parent };
}

const joined = (parameter: string, end: string): JsonObject => ({ 'Fn::Join': ['', [{ Ref: parameter }, end]] });
const OUTER = stack('Shop', 'Stage', null);
const MIDDLE = stack('Middle', 'Prefix', {
  stack: OUTER,
  logicalId: 'Nested',
  parameters: { Prefix: joined('Stage', '_shop') },
});
const INNER = stack('Inner', 'Name', {
  stack: MIDDLE,
  logicalId: 'Nested',
  parameters: { Name: joined('Prefix', '_db') },
});

/** The innermost stack's database, where this is given. */
function nameWith(...texts: readonly string[]): unknown {
  const given = parseParameters(texts);
  const own = parametersFor(given, { next: INNER, base: null }, { stacks: [OUTER, MIDDLE, INNER], lookups: [] });
  const { template } = withAllParameters(INNER, given, own);
  const [madeUp] = madeUpParameters(template);
  return madeUp === undefined ? template.body.Resources.Any?.Properties?.of : `${madeUp} is made up`;
}

test.each([
  { texts: ['Stage=live'], name: 'live_shop_db' },
  { texts: ['Shop:Stage=live', 'Stage=other'], name: 'live_shop_db' },
  { texts: ['Stage=live', 'Prefix=mine'], name: 'mine_db' },
  { texts: ['Stage=live', 'Name=mine'], name: 'mine' },
  { texts: ['Inner:Name=mine'], name: 'mine' },
  // Not known without the outermost one's: the default is for those who give nothing.
  { texts: [], name: 'Name is made up' },
])('given $texts, the database of a stack in a stack in a stack is $name', ({ texts, name }) => {
  expect(nameWith(...texts)).toBe(name);
});
