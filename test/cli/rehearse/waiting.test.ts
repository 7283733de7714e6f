import * as cdk from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { codeHadItsSchema } from '../../../cli/rehearse/play/checks';
import { codeAround, waitingInEither } from '../../../cli/rehearse/play/waiting-code';
import type { Recording } from '../../../cli/rehearse/play/recording';
import { type AssemblyStack, findStack, readAssembly } from '../../../cli/rehearse/release/assembly';
import { database, emptyApp, migrationsOf } from '../../lib/stack-under-test';

function api(scope: cdk.Stack): lambda.Function {
  const code = lambda.Code.fromInline('exports.handler = async () => "shop";');
  return new lambda.Function(scope, 'Api', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code });
}

/** The stack of an app in which something waits for the migrations. */
async function stackBefore(what: (stack: cdk.Stack, app: cdk.App) => cdk.Stack | lambda.Function | null) {
  const app = emptyApp();
  const stack = new cdk.Stack(app, 'Shop');
  const migrations = migrationsOf(stack, database(stack).cluster);
  const waits = what(stack, app);
  if (waits !== null) migrations.executeBefore(waits);
  app.synth();
  return findStack(await readAssembly(app.outdir), 'Shop', 'the app');
}

/** What is said of a play in which no code was seen. */
function noted(next: AssemblyStack, base: AssemblyStack | null = null): string {
  const unseen = { codeViolations: [], looks: 0 } as unknown as Recording;
  const { kind, details } = codeHadItsSchema(unseen, waitingInEither({ base, next }));
  return [kind, ...details].join(': ');
}

const ELSEWHERE = /^noted: What waits for the migrations is no function or ECS service of this stack itself/;
const SEEN = 'noted: In this play none came to be: what waits for the migrations is made after them.';
const NOTHING = /^noted: No function or ECS service waits for the migrations/;

test('code in a nested stack is not said to be missing, nor to have had its schema', async () => {
  const stack = await stackBefore((outer) => {
    const nested = new cdk.NestedStack(outer, 'Application');
    api(nested);
    return nested;
  });

  expect(noted(stack)).toMatch(ELSEWHERE);
});

test('code of the stack around a nested one is not said to be missing, nor to have had its schema', async () => {
  const around = async (waits: boolean): Promise<AssemblyStack> => {
    const app = emptyApp();
    const outer = new cdk.Stack(app, 'Shop');
    const nested = new cdk.NestedStack(outer, 'Data');
    const migrations = migrationsOf(nested, database(nested).cluster);
    const code = api(outer);
    if (waits) migrations.executeBefore(code);
    app.synth();
    return findStack(await readAssembly(app.outdir), undefined, 'the app');
  };

  const stack = await around(true);
  expect(codeAround(stack)).toEqual([expect.stringMatching(/^Api\w+ of Shop$/)]);
  expect(noted(stack)).toMatch(ELSEWHERE);
  expect(noted(await around(false))).toMatch(NOTHING);
});

test('code of a stack that is deployed later is not said to be missing, nor to have had its schema', async () => {
  const stack = await stackBefore((_, app) => api(new cdk.Stack(app, 'Application')));

  expect(stack.dependents).toEqual(['Application']);
  expect(noted(stack)).toMatch(ELSEWHERE);
});

test('code of one of the two releases is enough to be seen', async () => {
  const [seen, nothing] = [await stackBefore(api), await stackBefore(() => null)];

  expect([noted(seen), noted(nothing, seen), noted(seen, nothing)]).toEqual([SEEN, SEEN, SEEN]);
  expect(noted(nothing, nothing)).toMatch(NOTHING);
});
