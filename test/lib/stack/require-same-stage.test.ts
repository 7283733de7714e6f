import { type App, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AuroraMigrations } from '../../../lib';
import { fakePackage } from '../fake-package';
import { database, emptyApp, migrationsOf } from '../stack-under-test';
import { warningsOn } from '../synth-messages';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const resourceIn = (scope: Construct): CfnResource => new CfnResource(scope, 'Api', { type: 'Test::Api' });

describe('what is in another stage, or is one, cannot be ordered', () => {
  function stages(): { readonly app: App; readonly own: Stage; readonly migrations: AuroraMigrations } {
    const app = emptyApp();
    const own = new Stage(app, 'Own');
    const stack = new Stack(own, 'Stack');
    return { app, own, migrations: migrationsOf(stack, database(stack).cluster) };
  }
  const elsewhere = (app: App): Construct => resourceIn(new Stack(new Stage(app, 'Other'), 'Stack'));
  const given: readonly (readonly [string, (of: ReturnType<typeof stages>) => Construct, string])[] = [
    ['the app', ({ app }) => app, 'was given the app, and only stacks'],
    ['their own stage', ({ own }) => own, 'was given the stage Own, and only stacks'],
    ['what is in another one', ({ app }) => elsewhere(app), 'was given Other/Stack/Api in the stage Other, and the '],
    ['what is in none', ({ app }) => resourceIn(new Stack(app, 'Stack')), 'was given Stack/Api in the app, and the '],
  ];

  test.each(given)('%s', (_, make, text) => {
    for (const method of ['executeBefore', 'executeAfter'] as const) {
      const all = stages();
      const scope = make(all);
      expect(thrownBy(() => all.migrations[method](scope))).toMatchObject({
        code: 'order-other-stage',
        message: expect.stringContaining(`[Own/Stack/Migrations] ${method} ${text}`),
      });
    }
  });

  test('in one stage, other stacks and what is in them can be', () => {
    const { own, migrations } = stages();
    migrations.executeBefore(new Stack(own, 'App'), resourceIn(new Stack(own, 'Web')));
    expect(warningsOn(migrations)).not.toHaveProperty('nothing-waits');
  });
});
