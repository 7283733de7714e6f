import fc from 'fast-check';
import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent, Release } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import type { Befalls } from '../../paper/paper-database';
import { PaperDatabase } from '../../paper/paper-database';
import {
  create,
  deployment,
  done,
  OURS,
  releaseOf,
  remove,
  request,
  second,
  shipped,
  update,
} from '../../paper/releases';

const NUMBERS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const list = fc.subarray(NUMBERS).map((numbers) => numbers.join(' '));
const fate: fc.Arbitrary<Befalls> = fc.record(
  { ups: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 }), diesAfter: fc.nat(12) },
  { requiredKeys: [] },
);

test('the plan of an applied plan is nothing, for the same request and for another one of the same release', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const database = new PaperDatabase();
      database.handle(create(releaseOf(before), request(1)), shipped(before));
      const old = releaseOf(before);
      const release = releaseOf(
        `${before} ${after
          .split(' ')
          .filter((token) => !before.includes(token))
          .join(' ')}`,
      );
      const code = { digest: release.digest, list: release };
      const manifest = shipped(
        `${before} ${after
          .split(' ')
          .filter((token) => !before.includes(token))
          .join(' ')}`,
      );
      expect(manifest.digest).toBe(code.digest);
      const intent = update(old, release, request(60));
      expect(database.handle(intent, manifest).ending).toBe('SUCCESS');
      const { migrations } = database;

      for (const again of [intent, update(old, release, request(120))]) {
        const { plan: decided, ending } = database.handle(again, manifest);
        expect(decided.kind === 'nothing' || decided.kind === 'forward').toBe(true);
        if (decided.kind === 'forward')
          expect([...decided.apply, ...decided.revertFirst, ...decided.revert, ...decided.adopt]).toEqual([]);
        expect(ending).toBe('SUCCESS');
        expect(database.migrations).toEqual(migrations);
      }
    }),
  );
});

test('a forward deployment and its rollback come to nothing: what was applied is reverted, in reverse, with either code', () => {
  fc.assert(
    fc.property(list, fc.subarray(NUMBERS, { minLength: 1 }), fate, fc.boolean(), (base, more, befalls, oldCode) => {
      const release = [...new Set([...base.split(' '), ...more])].sort().join(' ').trim();
      const [A, B] = [releaseOf(base), releaseOf(release, { nonce: 'B' })];
      const database = new PaperDatabase();
      database.handle(create(A, request(1)), shipped(base));
      const before = database.migrations;
      const forward = database.handle(update(A, B, request(60)), shipped(release), befalls);
      const applied = database.migrations.slice(before.length).map(({ name }) => name);

      const back = database.handle(update(B, A, request(120)), shipped(oldCode ? base : release));

      const reverted = back.plan.kind === 'revert' ? back.plan.revert.map(({ name }) => name) : [];
      expect(reverted).toEqual(applied.toReversed());
      expect(back.ending).toBe('SUCCESS');
      expect(database.migrations).toEqual(before);
      expect(forward.ending).not.toBe('silent');
    }),
  );
});

const rows: fc.Arbitrary<readonly HistoryRow[]> = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...NUMBERS), fc.constantFrom('', '~', '<', '^', '!', "'", '?'), fc.option(fc.nat(4))),
    {
      selector: ([number]) => number,
    },
  )
  .map((tokens) =>
    tokens.flatMap(([number, mark, id]) =>
      done(`${number}${mark}`, id === null ? null : deployment(create(releaseOf('1')), { id })),
    ),
  );
const release: fc.Arbitrary<Release> = fc
  .tuple(
    list,
    fc.record({
      onDelete: fc.constantFrom('RETAIN' as const, 'REVERT' as const),
      onRemoved: fc.constantFrom('FAIL' as const, 'REVERT' as const),
      outOfOrder: fc.constantFrom('ALLOW' as const, 'FAIL' as const),
    }),
  )
  .map(([shippedOnes, options]) => releaseOf(shippedOnes, options));
const intent: fc.Arbitrary<Intent> = fc
  .tuple(release, release, fc.constantFrom('create', 'update', 'delete'), fc.integer({ min: 0, max: 9 }))
  .map(([old, next, kind, at]) =>
    kind === 'create'
      ? create(next, request(at))
      : kind === 'update'
        ? update(old, next, request(at))
        : remove(next, request(at)),
  );
const deployments: fc.Arbitrary<readonly DeploymentRow[]> = fc
  .array(
    fc.tuple(
      intent,
      fc.record({
        status: fc.constantFrom(
          'running' as const,
          'applied' as const,
          'reverting' as const,
          'reverted' as const,
          'failed' as const,
        ),
        answered: fc.constantFrom('SUCCESS' as const, 'FAILED' as const, null),
        cancelled: fc.boolean(),
        endedAt: fc.constantFrom(null, second(3)),
        settledAt: fc.constantFrom(null, second(4)),
        stackStatus: fc.constantFrom(null, 'UPDATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'),
        stackStatusAt: fc.constantFrom(null, second(5)),
        resource: fc.constantFrom(OURS, { ...OURS, logicalId: 'Theirs' }),
      }),
    ),
    { maxLength: 4 },
  )
  .map((list) =>
    list
      .map(([of, more], index) => deployment(of as Parameters<typeof deployment>[0], { id: index, ...more }))
      .toReversed(),
  );

test('the planner never throws, and never plans the same migration twice', () => {
  fc.assert(
    fc.property(intent, list, rows, deployments, fc.nat(9), (asked, code, migrations, past, newest) => {
      const decided = plan(asked, shipped(code), {
        ...NO_HISTORY,
        migrations,
        deployments: past,
        newestRequestAt: second(newest),
      });
      const planned = decided.kind === 'forward' ? decided.apply.map(({ name }) => name) : [];
      const reverted =
        decided.kind === 'revert' || decided.kind === 'forward' ? decided.revert.map(({ name }) => name) : [];
      expect(new Set(planned).size).toBe(planned.length);
      expect(new Set(reverted).size).toBe(reverted.length);
      if (decided.kind === 'refused' || decided.kind === 'wait') expect(decided.failure.message).not.toBe('');
    }),
    { numRuns: 2000 },
  );
});

test('a stale request never plans anything', () => {
  fc.assert(
    fc.property(intent, list, rows, deployments, (asked, code, migrations, past) => {
      const history = { ...NO_HISTORY, migrations, deployments: past, newestRequestAt: asked.request.issuedAt + 1000 };
      expect(plan(asked, shipped(code), history)).toEqual({ kind: 'stale' });
    }),
  );
});

test('nothing that another deployment applied is reverted by a rollback', () => {
  fc.assert(
    fc.property(intent, list, rows, deployments, (asked, code, migrations, past) => {
      const decided = plan(asked, shipped(code), { ...NO_HISTORY, migrations, deployments: past });
      if (decided.kind !== 'revert' || asked.kind === 'delete') return;
      const ids = decided.deployments.map(({ id }) => id);
      for (const row of [...decided.revert, ...decided.keep]) expect(ids).toContain(row.deployment);
    }),
    { numRuns: 1000 },
  );
});
