import { release, Scene } from '../scene';
import { servers } from '../../servers';

/** What a migration may throw, and what the answer says of it. */
const THROWN: readonly (readonly [what: string, statements: string, said: string])[] = [
  ['nothing', 'throw undefined', 'undefined'],
  ['null', 'throw null', 'null'],
  ['a text', "throw 'no such tenant'", 'no such tenant'],
  ['a number', 'throw 42', '42'],
  ['a symbol', "throw Symbol('why')", 'Symbol(why)'],
  ['a function', 'throw function why() {}', '[Function: why]'],
  ['an object', "throw { code: 'E_TENANT' }", "{ code: 'E_TENANT' }"],
  ['a frozen error', "throw Object.freeze(new Error('cold'))", 'Error: cold'],
  ['an object of no class', "throw Object.assign(Object.create(null), { code: 'E' })", "[Object: null prototype] { code: 'E' }"],
  ['an error of another realm', `throw require('node:vm').runInNewContext("new RangeError('far')")`, 'RangeError: far'],
  ['a refused promise with no error', "await Promise.reject('refused')", 'refused'],
  ['an error with its cause', "throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })", 'TypeError: fetch failed; Error: ECONNREFUSED'],
  ['errors within one', "await Promise.any([Promise.reject(new Error('a')), Promise.reject('b')])", 'AggregateError: All promises were rejected; Error: a; b'],
  ['an error that is its own cause', "const e = new Error('round'); e.cause = e; throw e", 'Error: round; Error: round; Error: round; Error: round'],
  ['an error whose text throws', "throw Object.defineProperty(new Error(), 'message', { get() { throw new Error('no'); } })", 'it threw something that cannot be read'],
  ['a proxy', "throw new Proxy({ code: 'E' }, {})", "{ code: 'E' }"],
  ['a proxy of an error', "throw new Proxy(new Error('within'), {})", 'Error: within'],
  ['a proxy that refuses all', "throw new Proxy(new Error('within'), new Proxy({}, { get() { throw new Error('no'); } }))", ''],
  ['a revoked proxy', 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy', 'it threw something that cannot be read'],
  ['an error that is named like one of the function', "throw Object.assign(new Error('mine'), { name: 'ConnectionLost' })", 'ConnectionLost: mine'],
  ['an error that is named like the database’s', "throw Object.assign(new Error('mine'), { name: 'ServerError' })", 'ServerError: mine'],
]; // prettier-ignore

describe.each(servers())('on $name, a JavaScript migration', (server) => {
  const scene = Scene.ofEachTest(server);

  const body = (up: string) =>
    release({ '0001_body': `exports.up = async ({ query }) => { ${up} };\nexports.down = async () => {};` });

  test.each(THROWN)('that throws %s fails as any other', async (_, statements, said) => {
    await scene.sql('CREATE TABLE counted (n INT)');
    const answer = await scene.created(body(`await query('INSERT INTO counted VALUES (1)'); ${statements}`));
    expect(answer.reason).toContain(`0001_body.js failed at its up: ${said}`);
    expect(answer.reason).toMatch(/\[migration-failed\]$/);
    expect([await scene.deployments(), await scene.sql('SELECT * FROM counted')]).toEqual([['Create reverted'], []]);
  });

  test.each([
    ['takes it for another error', "query('DO KILL_ME').catch(() => { throw new Error('mine'); })"],
    [
      'throws what cannot be read',
      "query('DO KILL_ME').catch(() => { throw new Proxy({}, { getPrototypeOf() { throw 1; } }); })",
    ],
  ])('whose session is killed is begun again in another one, though it %s', async (_, statements) => {
    await scene.sql('CREATE TABLE counted (n INT)');
    const text = statements.replace('DO KILL_ME', 'SELECT SLEEP(30)');
    const code = body(
      `await query('INSERT INTO counted VALUES (1)'); if (!globalThis.again) { globalThis.again = true; await ${text}; } delete globalThis.again;`,
    );
    const running = scene.created(code);
    await scene.until(() => scene.isRunning('SELECT SLEEP(30)'));
    const [row] = await scene.sql(
      `SELECT ID AS id FROM information_schema.processlist WHERE DB = '${scene.name}' AND INFO LIKE 'SELECT SLEEP(30)%'`,
    );
    await scene.sql(`KILL ${String(row?.['id'])}`);
    expect(await running).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM counted')).toEqual([{ n: 1 }]);
  });
});
