import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { type CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ASSET } from '../../../lambda/contract';
import type { AuroraMigrationsProps } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { database, emptyApp, migrationsOf, propertiesOf, stackUnderTest } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const FUNCTION = 'MigrationsFunctionA15BBDB3';
const TWO = tls.rootCertificates.slice(0, 2).join('\n');

beforeAll(() => void jest.spyOn(process.stderr, 'write').mockReturnValue(true));
afterAll(() => jest.restoreAllMocks());

function variablesIn(template: Template): Readonly<Record<string, unknown>> {
  const { Variables } = propertiesOf(template, FUNCTION)['Environment'] as { Variables: Record<string, unknown> };
  return Variables;
}

describe('variables of the function', () => {
  test.each([
    ['AWS_ENDPOINT_URL', 'http://localhost:4566'],
    ['POWERTOOLS_LOG_LEVEL', 'WARN'],
    ['NODE_EXTRA_CA_CERTS', '/opt/company.pem'],
    ['CONNECT_SECONDS', '300'],
  ])('may be added without a cast: %s', (name, value) => {
    const { stack, migrations } = stackUnderTest();
    migrations.migrationsFunction.addEnvironment(name, value);
    expect(variablesIn(Template.fromStack(stack))).toMatchObject({ [name]: value, DATABASE_NAME: 'app' });
  });

  test.each([
    // Set by the construct; and not set, where a login by IAM would take the secret's place.
    ['DATABASE_NAME', 'other'],
    ['DATABASE_HOST', 'localhost'],
    ['ROOT_STACK_ID', 'x'],
    ['DATABASE_IAM_USER', 'root'],
  ])('that are the construct’s own are an error at synth by name: %s', (name, value) => {
    const { stack, migrations } = stackUnderTest();
    migrations.migrationsFunction.addEnvironment(name, value);
    expect(() => Template.fromStack(stack)).toThrow(overwritten(name));
  });

  test('that are the construct’s own are no more to be overridden in the template', () => {
    const { stack, migrations } = stackUnderTest();
    const resource = migrations.migrationsFunction.node.defaultChild as CfnResource;
    resource.addPropertyOverride('Environment.Variables.DATABASE_NAME', 'other');
    expect(() => Template.fromStack(stack)).toThrow(overwritten('DATABASE_NAME'));
  });

  function overwritten(name: string): RegExp {
    return new RegExp(
      `\\[Stack/Migrations/Function/Resource\\] the environment variable ${name} was set by hand.*\\(variable-overwritten\\)`,
    );
  }
});

describe('certificateAuthorities', () => {
  const fileWith = (content: string): string => path.join(migrationFolder({ 'company.pem': content }), 'company.pem');

  function deployed(props: Partial<AuroraMigrationsProps>): {
    asset: string;
    variables: Readonly<Record<string, unknown>>;
  } {
    const app = emptyApp({ bundling: true });
    const stack = new Stack(app, 'Stack');
    migrationsOf(stack, database(stack).cluster, {
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
      ...props,
    });
    const { directory } = app.synth();
    const template = Template.fromStack(stack);
    const { S3Key } = propertiesOf(template, FUNCTION)['Code'] as { S3Key: string };
    return {
      asset: path.join(directory, `asset.${path.basename(S3Key, '.zip')}`),
      variables: variablesIn(template),
    };
  }

  test('are a file of the function’s code, which Node.js reads at its start', () => {
    const { asset, variables } = deployed({ certificateAuthorities: fileWith(TWO) });
    expect(fs.readFileSync(path.join(asset, ASSET.authorities), 'utf8')).toBe(TWO);
    expect(variables).toMatchObject({ NODE_EXTRA_CA_CERTS: '/var/task/authorities.pem' });
  });

  test('change the code, as others do', () => {
    const codes = [
      {},
      { certificateAuthorities: fileWith(TWO) },
      { certificateAuthorities: fileWith(tls.rootCertificates[2]!) },
    ];
    expect(new Set(codes.map((props) => path.basename(deployed(props).asset))).size).toBe(3);
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'which holds no certificate'],
    ['a text', 'not a certificate', 'which holds no certificate'],
    ['a private key', `${TWO}\n-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----`, 'which holds a private key'],
    [
      'half a certificate',
      `${TWO}\n${'-'.repeat(5)}BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----`,
      'whose certificate 3 cannot be parsed',
    ],
  ])('of a file with %s are an error', (_what, content, problem) => {
    const certificateAuthorities = fileWith(content);
    expect(thrownBy(() => stackUnderTest({ certificateAuthorities }))).toMatchObject({
      code: 'authorities-unreadable',
      message: expect.stringContaining(`certificateAuthorities is ${certificateAuthorities}, ${problem}: give a file`),
    });
  });

  test('of a file that is not there are an error', () => {
    expect(thrownBy(() => stackUnderTest({ certificateAuthorities: '/nowhere.pem' }))).toMatchObject({
      code: 'authorities-unreadable',
      message: expect.stringContaining('which cannot be read (ENOENT)'),
    });
  });
});
