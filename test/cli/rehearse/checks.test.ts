import { noDrift, sameSchema } from '../../../cli/rehearse/play/checks';
import { playForward, playSiblingFails, type Plot } from '../../../cli/rehearse/play/plays';
import type { Recording } from '../../../cli/rehearse/play/recording';
import type { SchemaDump } from '../../../rehearsal/servers/schema-dump';
import type { CustomResourceCall } from '../../../rehearsal/stack/stack-types';

const recording = {
  startedAt: new Date(0),
  milliseconds: 1,
  result: { status: 'UPDATE_ROLLBACK_COMPLETE', events: [], outputs: {}, durationMs: 1 },
  ...{ invocations: [], calls: [], statements: [], lives: [], looks: 1 },
  ...{ codeViolations: [], protocolViolations: [], resources: new Map() },
} as Recording;

function answer(Drift: string): CustomResourceCall {
  return {
    event: { LogicalResourceId: 'MigrationsRelease' } as CustomResourceCall['event'],
    functionArn: 'arn',
    outcome: { kind: 'success', physicalId: 'id', data: { Version: '0002', Drift } },
  };
}

function dump(objects: Readonly<Record<string, string>>, database = 'utf8mb4'): SchemaDump {
  return { objects: new Map(Object.entries(objects)), database, history: [] };
}

/** An update of a stack of which this is seen. */
function plotOf(seen: Recording): Plot {
  const act = { recording: seen, before: new Map(), after: new Map() };
  const stage = { begin: () => Promise.resolve(), deploy: () => Promise.resolve(act) };
  const plot = { stage, isFirstRelease: false, next: [], base: new Map(), death: null, waiting: 'seen' };
  return plot as unknown as Plot;
}

test('an update that fails is no update', async () => {
  const [begun] = [{ status: 'UPDATE_IN_PROGRESS' }] as unknown as Recording['result']['events'];
  const { report } = await playForward(
    plotOf({ ...recording, result: { ...recording.result, reason: 'no such table', events: [begun!] } }),
  );

  expect(report).toMatchObject({
    outcome: 'found',
    story: 'The stack is not updated: the deployment of a release without new migrations fails.',
    checks: [{ kind: 'broken', details: ['it is UPDATE_ROLLBACK_COMPLETE', 'no such table'] }, {}, {}],
  });
});

test('a difference that only the function has found is a finding', async () => {
  const of = async (calls: readonly CustomResourceCall[]): Promise<readonly string[]> => {
    const { report } = await playSiblingFails(plotOf({ ...recording, calls }));
    return [report.outcome, ...report.checks.flatMap(({ details }) => details)];
  };

  expect(await of([answer(''), answer('event e is changed')])).toEqual([
    'found',
    'MigrationsRelease: event e is changed',
  ]);
  expect(await of([answer('')])).toEqual(['held']);
  expect(noDrift({ ...recording, calls: [answer('x'), answer('x')] })).toHaveLength(1);
});

test('a database that is not what it was is a finding; one that comes with the cluster is not', () => {
  const shop = (of: SchemaDump): ReadonlyMap<string, SchemaDump> => new Map([['shop', of]]);
  const [utf8, latin1] = [shop(dump({})), shop(dump({}, 'latin1'))];

  expect(sameSchema('same', utf8, latin1).details[0]).toBe('changed: database shop');
  expect(sameSchema('same', utf8, utf8).kind).toBe('held');
  expect(sameSchema('same', new Map(), latin1).kind).toBe('held');
});

test('what an irreversible migration does to the database, or to the order of triggers, is excused with it', () => {
  const shop = (of: SchemaDump): ReadonlyMap<string, SchemaDump> => new Map([['shop', of]]);
  const before = shop(dump({ 'trigger a': 'A', 'trigger b': 'B\n-- fires after the trigger a' }));
  const check = (after: SchemaDump, sql: string): string =>
    sameSchema('same', before, shop(after), [{ database: 'shop', name: '0002_kept', isIrreversible: true, sql }]).kind;

  expect(check(dump({ 'trigger b': 'B' }), 'DROP TRIGGER a')).toBe('noted');
  expect(check(dump({ 'trigger b': 'B2' }), 'DROP TRIGGER a')).toBe('broken');
  const latin1 = dump(Object.fromEntries(before.get('shop')?.objects ?? []), 'latin1');
  expect(check(latin1, 'ALTER DATABASE CHARACTER SET latin1')).toBe('noted');
  expect(check(latin1, 'DROP TABLE shop')).toBe('broken');
});
