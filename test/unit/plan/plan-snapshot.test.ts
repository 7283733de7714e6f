import { snapshotName, wantsSnapshot } from '../../../lambda/plan/plan-snapshot';
import type { HistoryRow, DeploymentRow } from '../../../lambda/plan/history';
import type { ManifestEntry } from '../../../lambda/manifest/types';

const NOTHING = { continues: null, revertFirst: [], apply: [], revert: [], leaving: [] };
const HARMLESS = { name: '0001_a' } as unknown as ManifestEntry;
const DESTRUCTIVE = { ...HARMLESS, destructive: true } as const;
const ROW = {} as HistoryRow;

describe('a snapshot is wanted', () => {
  test.each([
    ['DESTRUCTIVE', 'a destructive migration', { apply: [HARMLESS, DESTRUCTIVE] }, true],
    ['DESTRUCTIVE', 'harmless ones', { apply: [HARMLESS] }, false],
    ['DESTRUCTIVE', 'reverting what the release lacks', { revert: [ROW] }, true],
    ['DESTRUCTIVE', 'what is reverted at the end', { leaving: [ROW] }, true],
    ['DESTRUCTIVE', 'nothing', {}, false],
    ['ALWAYS', 'harmless ones', { apply: [HARMLESS] }, true],
    ['ALWAYS', 'reverting what is half-applied', { revertFirst: [ROW] }, true],
    ['ALWAYS', 'reverting what the release lacks', { revert: [ROW] }, true],
    ['ALWAYS', 'nothing', {}, false],
  ] as const)('%s, before %s: %j', (when, _, plan, isWanted) => {
    expect(wantsSnapshot(when, { ...NOTHING, ...plan })).toBe(isWanted);
    // Going on with a run that has begun, it would not be of the time before.
    expect(wantsSnapshot(when, { ...NOTHING, ...plan, continues: {} as DeploymentRow })).toBe(false);
  });
});

describe('its name', () => {
  test('says the release, and is one that RDS takes', () => {
    expect(snapshotName('0003_Add-User__role', 'request')).toMatch(
      /^aurora-migrations-0003-add-user-role-[0-9a-f]{16}$/,
    );
  });

  test.each(['', '___', '0001_größe_表', '9'.repeat(300), `${'a'.repeat(199)}_b`, 'Ünï'])(
    'is valid for %j',
    (version) => {
      const name = snapshotName(version, 'request');
      expect(name).toMatch(/^[a-z](?:-?[a-z0-9])*$/);
      expect(name.length).toBeLessThanOrEqual(255);
    },
  );

  test('is the same for the same request, and another for any other', () => {
    expect(snapshotName('1', 'a')).toBe(snapshotName('1', 'a'));
    expect(snapshotName('1', 'a')).not.toBe(snapshotName('1', 'b'));
  });
});
