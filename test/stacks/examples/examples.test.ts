import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StackOverrides } from '../../../rehearsal/rehearsal-options';
import type { StackEvent, StackStatus } from '../../../rehearsal/stack/stack-types';
import type { TemplateBody } from '../../../rehearsal/template/template';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { stackServers } from '../../servers';
import { type Edit, ExampleApp, type Releases, withMore, withoutNewest, withReplaced } from './example-app';
import { ExampleScene } from './example-scene';

/** A stack of an example, and what a rehearsal must know of it. */
interface ExampleStack {
  /** Beginning of its template's file name in `cdk.out`. */
  readonly template: string;
  /** The resource that fails. */
  readonly application: string;
  /** The databases that there are when it is created. */
  readonly databases: readonly string[];
  readonly overrides?: StackOverrides;
}

interface Example {
  readonly name: string;
  /** Each is deployed in this order. */
  readonly stacks: readonly ExampleStack[];
  /** What an older release lacks. */
  readonly migrations?: string;
  /** What every release changes besides the migrations. */
  readonly code?: (release: string) => Edit;
  /** Migrations after the creation, by database. */
  readonly created: Readonly<Record<string, readonly string[]>>;
  /** What the update adds, to each of the databases that have it. */
  readonly added: string;
  /** What the update that fails first adds. */
  readonly newest: string;
  /** Whether its `onDelete` is REVERT, and not RETAIN. */
  readonly reverts?: true;
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'own-vpc',
    stacks: [{ template: 'Shop', application: 'Shop', databases: ['shop'] }],
    created: { shop: ['0001_create_product'] },
    added: '0002_create_purchase',
    newest: '0003_index_purchase_by_time',
  },
  {
    name: 'imported-cluster',
    stacks: [{ template: 'Billing', application: 'Billing', databases: ['billing'] }],
    created: { billing: ['0001_create_invoice'] },
    added: '0002_create_invoice_line',
    newest: '0003_add_invoice_due_on',
  },
  {
    name: 'app-function',
    stacks: [{ template: 'Notes', application: 'Handler', databases: ['notes'] }],
    code: (release) => withMore('api/index.mjs', `// ${release}\n`),
    created: { notes: ['0001_create_note', '0002_add_note_archived_at'] },
    added: '0003_add_note_slug',
    newest: '0004_fill_note_slug',
  },
  {
    name: 'tenants',
    stacks: [
      { template: 'Projects', application: 'Projects', databases: ['control'], overrides: { databases: ['control'] } },
    ],
    migrations: 'migrations/tenant',
    created: {
      control: ['0001_create_tenant', '0002_add_acme', '0003_add_globex'],
      tenant_acme: ['0001_create_project'],
      tenant_globex: ['0001_create_project'],
    },
    added: '0002_create_task',
    newest: '0003_index_task_by_due_on',
  },
  {
    name: 'pipelines',
    stacks: ['test', 'production'].map((stage) => ({
      template: `assembly-Pipeline-${stage[0]!.toUpperCase()}${stage.slice(1)}/`,
      application: 'Blog',
      databases: [`blog_${stage}`],
      // In AWS each has a cluster of its own.
      overrides: { environment: { DATABASE_NAME: `blog_${stage}` } },
    })),
    created: { blog_test: ['0001_create_article'], blog_production: ['0001_create_article'] },
    added: '0002_create_tag',
    newest: '0003_index_article_by_published_at',
  },
  {
    name: 'certify',
    // What it stands on has no migrations: network, cluster and log.
    stacks: [{ template: 'Certify.', application: 'Application', databases: ['certify'] }],
    code: (release) => withReplaced('app.ts', "process.env.RELEASE;'", `process.env.RELEASE; // ${release}'`),
    created: { certify: ['0001_create_item'] },
    added: '0002_add_item_note',
    newest: '0003_index_item_by_name',
    reverts: true,
  },
];

const ONE_TENANT_MORE: readonly Edit[] = [
  withReplaced('app.ts', "['acme', 'globex']", "['acme', 'globex', 'initech']"),
  (folder) => {
    const file = (name: string): string => path.join(folder, 'migrations/control', name);
    const text = readFileSync(file('0003_add_globex.sql'), 'utf8');
    writeFileSync(file('0004_add_initech.sql'), text.replaceAll('globex', 'initech'));
  },
];

const BROKEN = 'the new code does not start';

test('every example is rehearsed', () => {
  const folders = readdirSync(path.join(__dirname, '../../../examples'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(names.sort());
});

let apps: ReadonlyMap<string, ExampleApp> = new Map();
beforeAll(async () => {
  apps = await ExampleApp.synthesize(
    Object.fromEntries(EXAMPLES.map((example) => [example.name, releasesOf(example)])),
  );
});
afterAll(() => {
  for (const app of apps.values()) app.remove();
});

function releasesOf({ name, migrations, code }: Example): Releases {
  return {
    first: [withoutNewest(2, migrations), ...(code ? [code('first')] : [])],
    second: [withoutNewest(1, migrations), ...(code ? [code('second')] : [])],
    third: code ? [code('third')] : [],
    ...(name === 'tenants' ? { 'one tenant more': ONE_TENANT_MORE } : {}),
  };
}

describe.each(EXAMPLES)('$name', ({ name, stacks, created, added, newest, reverts }) => {
  let app: ExampleApp;
  beforeAll(() => {
    app = apps.get(name)!;
  });

  test('synthesizes without a word of warning, and without an AWS account', () => {
    expect(app.annotations('third')).toEqual([]);
    expect(app.lookups('third')).toEqual([]);
  });

  test('is imported by the name that a user installs', () => {
    const text = readFileSync(path.join(__dirname, '../../../examples', name, 'app.ts'), 'utf8');
    expect(text).toContain("from 'cdk-aurora-migrations'");
    expect(text).not.toMatch(/from '\.\.?\//);
  });

  test.each(stackServers())('is created, updated, rolled back, updated again and deleted on $name', async (server) => {
    const scene = await ExampleScene.start(server, Object.keys(created));
    try {
      const deployed = stacks.map((each) => ({ ...each, stack: scene.stack(each.template, each.overrides) }));
      const deploy = async (release: string, expected: StackStatus, isBroken = false): Promise<void> => {
        for (const { stack, template, application } of deployed) {
          const fail = isBroken ? { [application]: BROKEN } : {};
          const { status, reason, events } = await stack.deploy(app.templateFile(release, template), { fail });
          expect({ status, reason }).toEqual({ status: expected, reason: isBroken ? BROKEN : undefined });
          expect(waitsForMigrations(events, application)).toBe(true);
        }
      };
      const after = (...names: readonly string[]): unknown =>
        Object.fromEntries(
          Object.entries(created).map(([database, before]) => [
            database,
            database === 'control' ? before : [...before, ...names],
          ]),
        );

      await deploy('first', 'CREATE_COMPLETE');
      expect(await scene.applied()).toEqual(after());
      await deploy('second', 'UPDATE_COMPLETE');
      expect(await scene.applied()).toEqual(after(added));

      if (name === 'app-function') await scene.sql("INSERT INTO notes.note (body) VALUES ('Crème brûlée, for two')");
      const before = await scene.contents();
      await deploy('third', 'UPDATE_ROLLBACK_COMPLETE', true);
      expect(await scene.contents()).toEqual(before);
      expect(await scene.applied()).toEqual(after(added));

      await deploy('third', 'UPDATE_COMPLETE');
      expect(await scene.applied()).toEqual(after(added, newest));
      expect(await scene.contents()).not.toEqual(before);
      if (name === 'app-function') {
        expect(await scene.sql('SELECT slug FROM notes.note')).toEqual([{ slug: 'creme-brulee-for-two-1' }]);
      }

      const kept = await scene.contents();
      for (const { stack } of deployed) expect((await stack.destroy()).status).toBe('DELETE_COMPLETE');
      // With RETAIN what goes with the stack is the cluster, not what is in it.
      expect(await scene.contents()).toEqual(reverts === true ? [] : kept);
    } finally {
      await scene.end();
    }
  });
});

test('own-vpc: uses the endpoint for S3 that is there, and adds one for Secrets Manager', () => {
  const template = readFileSync(apps.get('own-vpc')!.templateFile('third', 'Shop'), 'utf8');
  const { Resources: resources } = JSON.parse(template) as TemplateBody;
  const endpoints = Object.values(resources).filter(({ Type }) => Type === 'AWS::EC2::VPCEndpoint');
  expect(endpoints.map(({ Properties }) => JSON.stringify(Properties?.ServiceName))).toEqual([
    expect.stringContaining('.s3'),
    expect.stringContaining('.secretsmanager'),
  ]);
});

describe('tenants: one more', () => {
  test.each(stackServers())(
    'gets a database and its schema, one after the other; a rollback takes both on $name',
    async (server) => {
      const scene = await ExampleScene.start(server, ['control']);
      try {
        const app = apps.get('tenants')!;
        const stack = scene.stack('Projects', { databases: ['control'] });
        await stack.deploy(app.templateFile('third', 'Projects'));
        const before = await scene.contents();
        const broken = await stack.deploy(app.templateFile('one tenant more', 'Projects'), {
          fail: { Projects: BROKEN },
        });
        expect(broken.status).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(await scene.existing()).toEqual(['control', 'tenant_acme', 'tenant_globex']);
        expect(await scene.contents()).toEqual(before);

        const { status, events } = await stack.deploy(app.templateFile('one tenant more', 'Projects'));
        expect(status).toBe('UPDATE_COMPLETE');
        expect((await scene.applied())['tenant_initech']).toEqual([
          '0001_create_project',
          '0002_create_task',
          '0003_index_task_by_due_on',
        ]);
        const migrations = events.filter(({ type }) => type === RESOURCE_TYPE);
        expect(migrations.map(({ logicalId, status }) => `${logicalId.replace(/[0-9A-F]{8}$/, '')} ${status}`)).toEqual(
          [
            ...['Control UPDATE_IN_PROGRESS', 'Control UPDATE_COMPLETE'],
            ...['Tenantinitech CREATE_IN_PROGRESS', 'Tenantinitech CREATE_COMPLETE'],
          ],
        );
        expect((await stack.destroy()).status).toBe('DELETE_COMPLETE');
      } finally {
        await scene.end();
      }
    },
  );
});

/** Whether all migrations had ended when the application's turn came. */
function waitsForMigrations(events: readonly StackEvent[], application: string): boolean {
  const ended = events.map(({ type, status }) => type === RESOURCE_TYPE && /^(CREATE|UPDATE)_COMPLETE$/.test(status));
  const begun = events.findIndex(
    ({ type, logicalId, status }) =>
      type === 'AWS::Lambda::Function' &&
      logicalId.startsWith(application) &&
      /^(CREATE|UPDATE)_IN_PROGRESS$/.test(status),
  );
  // A rollback calls them once more, after that.
  const rollback = events.findIndex(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS');
  return ended.includes(true) && begun > ended.lastIndexOf(true, rollback < 0 ? Infinity : rollback);
}
