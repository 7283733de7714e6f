import fs from 'node:fs';
import path from 'node:path';
import { connectionProblem } from '../../cli/database/connection-problem';
import { parseDatabaseUrl } from '../../cli/database/database-url';
import { functionsAmong } from '../../cli/function/functions-among';
import { EXIT_CODE } from '../../cli/exit-code';
import { projectVariable } from '../../cli/project-environment';
import { targetOf } from '../../cli/target';
import { migrationFolder } from '../lib/source/migration-folder';

const PLAIN = { host: '127.0.0.1', port: 3306, socket: null, user: 'root', password: '', database: 'app' };

describe('a URL', () => {
  test.each([
    ['mysql://root@127.0.0.1/app', PLAIN],
    ['mysql://a:p%40ss@localhost:3307/app', { host: 'localhost', port: 3307, user: 'a', password: 'p@ss' }],
    ['mysql2://root@127.0.0.1/app', PLAIN],
    ['mysql+pymysql://root@127.0.0.1/app', PLAIN],
    ['mariadb+mariadbconnector://root@127.0.0.1/app', PLAIN],
    ['mariadb://[::1]:3307/app', { host: '::1', port: 3307, isLoopback: true }],
    ['mysql://a:b@tcp(127.0.0.1:3307)/app?multiStatements=true', { host: '127.0.0.1', port: 3307, database: 'app' }],
    ['mysql://a@/app?socket=/run/mysqld.sock', { socket: '/run/mysqld.sock', isLoopback: true }],
    ['mysql://a@db.example/app?socket=', { socket: null, isLoopback: false, encryption: { kind: 'verified' } }],
    ['mysql://a@db.example/app', { isLoopback: false, encryption: { kind: 'verified', caFile: null } }],
    ['mysql://a@db.example/app?tls=skip-verify', { encryption: { kind: 'unverified' } }],
    [
      'mysql://a@db.example/app?sslaccept=accept_invalid_certs&connection_limit=5',
      { encryption: { kind: 'unverified' } },
    ],
    [
      'mysql://a@db.example/app?sslaccept=strict&sslcert=ca.pem',
      { encryption: { kind: 'verified', caFile: 'ca.pem' } },
    ],
    ['mysql://a@127.0.0.1/app?sslaccept=strict', { encryption: { kind: 'verified', caFile: null } }],
    ['mysql://a@db.example/app?ssl-mode=DISABLED', { encryption: { kind: 'none' } }],
    ['mysql://a@127.0.0.1/app', { isLoopback: true, encryption: { kind: 'none' } }],
    ['mysql://a@127.0.0.1/app?ssl-ca=/ca.pem', { encryption: { kind: 'verified', caFile: '/ca.pem' } }],
    ['mysql://a@127.example.com/app', { isLoopback: false }],
  ])('%s', (text, expected) => {
    expect(parseDatabaseUrl(text, '--url')).toMatchObject(expected);
  });

  test.each([
    ['postgres://a:secret@b/c', '--url begins with postgres://, and this works on MySQL, MariaDB and Aurora MySQL'],
    [
      'jdbc:mysql://a:secret@b/c',
      '--url begins with jdbc:, and this works on MySQL, MariaDB and Aurora MySQL: write mysql://user:',
    ],
    ['root:secret@tcp(b)/c', '--url begins with root:, and this works on'],
    ['mysql3://a:secret@b/c', '--url begins with mysql3://, and this'],
    [
      'app',
      '--url is no URL: expected mysql://user:password@127.0.0.1:3306/schema; write @ : / # ? % of a password as %40',
    ],
    ['mysql://a:se#cret@b/c', 'write @ : / # ? % of a password as %40 %3A %2F %23 %3F %25'],
    ['mysql://app:se@c:r/et@h/shop', 'of a password as %40 %3A %2F'],
    ['mysql://a:secret@127.0.0.1', '--url names no schema'],
    ['mysql://a:secret%@127.0.0.1/app', 'has a percent sign that begins no code'],
    [
      'mysql://a:secret@db/app?ssl-moed=DISABLED',
      'has the parameter ssl-moed, and this knows ssl-ca, ssl-mode, tls, sslcert, sslaccept',
    ],
    ['mysql://a:secret@db/app?sslidentity=a.p12', 'has the parameter sslidentity, and this knows ssl-ca'],
    ['mysql://a:secret@db/app?sslaccept=maybe', 'has the ssl-mode maybe'],
    ['mysql://a:secret@db/app?ssl-mode=OFF', 'has the ssl-mode OFF'],
  ])('%s is refused, and its password is not repeated', (text, problem) => {
    expect(() => parseDatabaseUrl(text, '--url')).toThrow(problem);
    expect(() => parseDatabaseUrl(text, '--url')).not.toThrow(/secret|cret@/);
  });
});

describe('what a command works on', () => {
  const folder = migrationFolder({ '.env': 'OTHER=1\nDATABASE_URL="mysql://root@127.0.0.1/of_env_file"\n' });
  const database = (flags: object, settings: object, environment: NodeJS.ProcessEnv): unknown => {
    const target = targetOf(flags, settings, folder, environment);
    return target.kind === 'url' ? [target.url.database, target.source] : target.function;
  };

  test('flags come before settings, these before the environment, that before .env', () => {
    const settings = { stack: 'Shop' };
    const environment = { DATABASE_URL: 'mysql://root@127.0.0.1/of_environment' };

    expect(database({ url: 'mysql://root@127.0.0.1/of_flag' }, settings, environment)).toEqual(['of_flag', '--url']);
    expect(database({ function: 'f' }, settings, environment)).toEqual({ kind: 'name', name: 'f' });
    expect(database({ construct: 'A' }, settings, environment)).toEqual({
      kind: 'stack',
      stack: 'Shop',
      construct: 'A',
    });
    expect(database({}, {}, environment)).toEqual(['of_environment', 'DATABASE_URL in the environment']);
    expect(database({}, {}, {})).toEqual(['of_env_file', 'DATABASE_URL in .env']);
  });

  test('a URL that is none is reported with where it was found', () => {
    expect(() => database({}, { url: 'app' }, {})).toThrow(/^"url" in cdk\.json is no URL/);
    expect(() => database({ url: 'app' }, { url: 'b' }, {})).toThrow(/^--url is no URL/);
  });

  test('where nothing says it, the ways to say it are named', () => {
    fs.rmSync(path.join(folder, '.env'));

    expect(() => database({}, {}, {})).toThrow(/--stack NAME.*--function NAME.*--url mysql:.*Nothing was done/s);
  });
});

describe('DATABASE_URL of .env', () => {
  const of = (text: string | Buffer, environment: NodeJS.ProcessEnv = {}): string =>
    projectVariable(migrationFolder({ '.env': text }), 'DATABASE_URL', environment)?.value ?? 'none';
  const URL_ = 'mysql://root@127.0.0.1/shop';

  test('is found in what Windows writes: after a byte order mark, in UTF-16, with its line ends', () => {
    expect(of(`\uFEFFDATABASE_URL=${URL_}\r\nOTHER=1\r\n`)).toBe(URL_);
    expect(of(Buffer.from(`\uFEFFDATABASE_URL=${URL_}\r\n`, 'utf16le'))).toBe(URL_);
  });

  test('has the variables of the environment and of the file itself put in', () => {
    const file = 'DB_HOST=127.0.0.1\nUSER_AT="root@${DB_HOST}"\nDATABASE_URL=mysql://${USER_AT}/${DB_NAME:-shop}\n';
    expect(of(file)).toBe(URL_);
    expect(of(file, { DB_HOST: 'db', DB_NAME: 'other' })).toBe('mysql://root@db/other');
    expect(of("DATABASE_URL='mysql://root:${DB_HOST}$@127.0.0.1/shop'\n")).toBe(
      'mysql://root:${DB_HOST}$@127.0.0.1/shop',
    );
  });

  test('has a name without braces put in where there is one, and a dollar sign behind a backslash as it is', () => {
    expect(of('DB_HOST=127.0.0.1\nDATABASE_URL=mysql://root@$DB_HOST/shop\n')).toBe(URL_);
    expect(of('DATABASE_URL=mysql://root:pa$word@127.0.0.1/shop\n')).toBe('mysql://root:pa$word@127.0.0.1/shop');
    expect(of('word=x\nDATABASE_URL=mysql://root:\\${word}\\$word@127.0.0.1/shop\n')).toBe(
      'mysql://root:${word}$word@127.0.0.1/shop',
    );
  });

  test('has what the environment or single quotes give put in as it is, and no name that only JavaScript knows', () => {
    const environment = { USER: 'me', PASSWORD: 'a$USER${USER}\\$' };
    expect(of('DATABASE_URL=mysql://root:${PASSWORD}@127.0.0.1/shop\n', environment)).toBe(
      'mysql://root:a$USER${USER}\\$@127.0.0.1/shop',
    );
    expect(of("P='a$USER'\nDATABASE_URL=mysql://root:$P@127.0.0.1/shop\n", environment)).toBe(
      'mysql://root:a$USER@127.0.0.1/shop',
    );
    expect(of('DATABASE_URL=mysql://root:a$constructor@h/shop\n')).toBe('mysql://root:a$constructor@h/shop');
  });

  test('names a variable that nobody has, or that refers to itself', () => {
    expect(() => of('DATABASE_URL=mysql://root@${DB_HOST}/shop\n')).toThrow(
      'DATABASE_URL in .env has ${DB_HOST}, which neither the environment nor .env has: set DB_HOST',
    );
    expect(() => of('A=${B}\nB=${A}\nDATABASE_URL=mysql://${A}/shop\n')).toThrow('which refers to itself');
    // As of any other URL that cannot be used.
    expect(() => of('DATABASE_URL=mysql://${A}/shop\n')).toThrow(
      expect.objectContaining({ code: 'url-unusable', exitCode: EXIT_CODE.failed }) as Error,
    );
  });
});

test.each([
  [{ url: 'mysql://root@127.0.0.1/a', region: 'eu-west-1' }, {}, /^--region says which deployed .* and --url names a/],
  [{ construct: 'A' }, { url: 'mysql://root@127.0.0.1/a' }, /^--construct says .*"url" in cdk\.json names a server/],
  [
    { function: 'f', construct: 'A', region: 'eu-west-1' },
    {},
    /^--construct says which function of a stack .*-function/,
  ],
])('a flag that says nothing there is refused: %j', (flags, settings, problem) => {
  expect(() => targetOf(flags, settings, migrationFolder({}), {})).toThrow(problem);
});

describe('the function of a stack', () => {
  const resource = (type: string, logicalId: string, name = `name-of-${logicalId}`): never =>
    ({
      ResourceType: type,
      LogicalResourceId: logicalId,
      PhysicalResourceId: name,
      ResourceStatus: 'CREATE_COMPLETE',
    }) as never;
  const of = (...ids: readonly string[]): readonly never[] =>
    ids.map((id) => resource(/Function/.test(id) ? 'AWS::Lambda::Function' : 'Custom::AuroraMigrations', id));

  test('is the one of the construct of the custom resource', () => {
    const resources = of(
      'Migrations23B444C5', 'MigrationsContract0A1B2C3D', 'MigrationsFunction0123ABCD',
      'MigrationsFunctionOnFailure0123ABCE', 'ApiFunction0123ABCF',
    ); // prettier-ignore

    expect(functionsAmong(resources)).toEqual([
      { construct: 'Migrations', name: 'name-of-MigrationsFunction0123ABCD' },
    ]);
  });

  test('also where the construct is called so itself, and where there are several', () => {
    const resources = of('MyFunction23B444C5', 'MyFunction0123ABCD', 'OtherFunction0123ABCE', 'Other0123ABCF');

    expect(functionsAmong([...resources, resource('Custom::AuroraMigrations', 'MyFunction23B444C6')])).toEqual([
      { construct: 'Other', name: 'name-of-OtherFunction0123ABCE' },
      { construct: 'MyFunction', name: 'name-of-MyFunction0123ABCD' },
    ]);
  });
});

describe('a server of another machine', () => {
  const target = (url: string, allowHost: string): ReturnType<typeof targetOf> =>
    targetOf({ url, allowHost }, {}, migrationFolder({}), {});

  test('may be changed where its host is said again, and is reached as its URL says', () => {
    expect(target('mysql://root@db/shop', 'db')).toMatchObject({
      url: { host: 'db', isLoopback: true, encryption: { kind: 'verified' } },
    });
    expect(
      targetOf({ allowHost: 'db' }, {}, migrationFolder({}), { DATABASE_URL: 'mysql://root@db/shop' }),
    ).toMatchObject({
      url: { isLoopback: true },
    });
  });

  test.each([
    ['mysql://root@prod.example/shop', /--allow-host says db, and --url names prod\.example/],
    ['mysql://root@db.example/shop', /names db\.example\. Nothing was done/],
  ])('not where %s names another one', (url, problem) => {
    expect(() => target(url, 'db')).toThrow(problem);
  });

  test('nor is it of a function', () => {
    expect(() => targetOf({ stack: 'Shop', allowHost: 'db' }, {}, migrationFolder({}), {})).toThrow(
      /no server is named/,
    );
  });
});

test('a certificate of another host is told from one of an authority that nobody trusts', () => {
  const url = parseDatabaseUrl('mysql://root@db.example/shop?ssl-ca=ca.pem', '--url');
  const said = (code: string): string =>
    (connectionProblem(Object.assign(new Error('no'), { code }), url, '--url') as Error).message;

  expect(said('ERR_TLS_CERT_ALTNAME_INVALID')).toMatch(/is of another name .* give the host that it names/);
  expect(said('ERR_TLS_CERT_ALTNAME_INVALID')).not.toContain('authority');
  expect(said('SELF_SIGNED_CERT_IN_CHAIN')).toContain('name the file of its authority');
});
