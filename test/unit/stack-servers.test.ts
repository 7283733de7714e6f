import { SERVERS_VARIABLE, STACK_SERVERS_VARIABLE, stackServers, throwawaysLike } from '../servers';

const MARIADB = { name: 'MariaDB 10.11.14' };
const MYSQL = { name: 'MySQL 9.7.4' };

const before = process.env;
afterEach(() => {
  process.env = before;
});

const chosen = (which: string | undefined, ...servers: readonly object[]): unknown => {
  process.env = { [SERVERS_VARIABLE]: JSON.stringify(servers), ...(which && { [STACK_SERVERS_VARIABLE]: which }) };
  return stackServers();
};

test.each([
  [undefined, [MARIADB]],
  ['first', [MARIADB]],
  ['other', [MYSQL]],
  ['all', [MARIADB, MYSQL]],
])('of two servers, %s means %j', (which, expected) => {
  expect(chosen(which, MARIADB, MYSQL)).toEqual(expected);
});

test('where there is one server, the other one is an error and not the same one again', () => {
  expect(chosen('first', MYSQL)).toEqual([MYSQL]);
  expect(() => chosen('other', MYSQL)).toThrow(
    'TEST_STACK_SERVERS is other, and MySQL 9.7.4 is the only server here: the first run had it',
  );
});

test('throwaway servers are started as the one of a suite was, and as ever where that was found running', () => {
  const program = {
    kind: 'mysql',
    version: '9.7.4',
    command: ['/a/run', '/a/mysqld'],
    ownFiles: ['--basedir=/a'],
  } as const;
  expect(throwawaysLike({ program })).toEqual({ DATABASE_SERVER_COMMANDS: '/a/run /a/mysqld --basedir=/a' });
  expect(throwawaysLike({})).toEqual({});
});

test('any other word is refused', () => {
  expect(() => chosen('both', MARIADB, MYSQL)).toThrow('TEST_STACK_SERVERS is first, other or all, and not both');
});
