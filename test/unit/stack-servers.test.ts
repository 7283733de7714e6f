import { SERVERS_VARIABLE, STACK_SERVERS_VARIABLE, stackServers } from '../servers';

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

test('any other word is refused', () => {
  expect(() => chosen('both', MARIADB, MYSQL)).toThrow('TEST_STACK_SERVERS is first, other or all, and not both');
});
