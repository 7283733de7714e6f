import { release, Scene } from '../scene';
import { servers } from '../../servers';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const run = async (up: string): Promise<string> => {
    const code = release({
      '0001_body': `exports.up = async ({ query }) => { ${up} };\nexports.down = async () => {};`,
    });
    return (await scene.answer(scene.create(code), code)).reason;
  };

  const COLUMNS: readonly (readonly [type: string, values: readonly string[]])[] = [
    ['DATETIME(6)', ["'2026-01-02 12:34:56.123456'", "'0000-00-00 00:00:00'", "'2026-00-00 00:00:00'"]],
    ['TIMESTAMP(6) NULL', ["'2026-01-02 12:34:56.654321'", "'0000-00-00 00:00:00'"]],
    ['DATETIME', ["'0001-02-03 00:00:00'", "'9999-12-31 23:59:59'", "'0000-00-00 00:00:00'"]],
    ['DATE', ["'0000-00-00'", "'2026-00-00'", "'1000-01-01'", "'0099-05-06'"]],
    ['TIME(6)', ["'-838:59:58.000001'", "'23:59:59.999999'", "'00:00:00'", "'00:00:00.5'"]],
    ['YEAR', ['2026', '0', '1901']],
    [
      'JSON',
      [`'{"a": 12345678901234567890}'`, "'[1.0, 18446744073709551615, -9223372036854775808]'", `'"text"'`, "'null'"],
    ],
    ['BIGINT UNSIGNED', ['18446744073709551615', '9007199254740993']],
    ['BIGINT', ['-9223372036854775808', '-9007199254740993']],
    ['DECIMAL(65, 30)', ['12345678901234567890123456789012345.123456789012345678901234567891']],
    ['DOUBLE', ['0.1', '1.7976931348623157e308', '123456789.123456789', '-5e-324']],
    ['BIT(64)', ["b'1'", '18446744073709551615']],
    ['VARBINARY(9)', ["X'FF00FE'", "X''"]],
    ['BLOB', ["X'F09F9880FF'"]],
    ['VARCHAR(9) CHARACTER SET latin1', ["'é€'"]],
    ['TEXT', ["'Łódź 😀'", "''"]],
    ["SET('a', 'b')", ["'a,b'", "''"]],
    ['POINT', ['ST_GeomFromText("POINT(1 2)", 4326)', 'ST_GeomFromText("POINT(0.1 0.2)")']],
    ['GEOMETRY', ['ST_GeomFromText("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))")']],
  ];

  test.each(COLUMNS)('values of %s are given back as they were', async (type, values) => {
    await scene.sql("SET sql_mode = ''");
    for (const table of ['old', 'plain', 'given']) await scene.sql(`CREATE TABLE ${table} (id INT, v ${type})`);
    for (const [id, value] of [...values, 'NULL'].entries())
      await scene.sql(`INSERT INTO old VALUES (${id}, ${value})`);
    const reason = await run(
      `await query("SET sql_mode = ''");
       for (const { id, v } of await query('SELECT * FROM old')) await query('INSERT INTO plain VALUES (?, ?)', [id, v]);
       for (const { id, v } of await query('SELECT * FROM old WHERE id >= ?', [0])) await query('INSERT INTO given VALUES (?, ?)', [id, v]);`,
    );
    expect(reason).toContain('1 migration applied');
    const bytes = async (table: string): Promise<unknown> =>
      scene
        .sql(`SELECT HEX(v) AS bytes, CAST(v AS CHAR) AS text FROM ${table} ORDER BY id`)
        .catch(() => scene.sql(`SELECT HEX(v) AS bytes FROM ${table} ORDER BY id`));
    const old = await bytes('old');
    expect(await bytes('plain')).toEqual(old);
    expect(await bytes('given')).toEqual(old);
  });

  test('a FLOAT comes with all its digits where they are asked for, and where the query has parameters', async () => {
    await scene.sql('CREATE TABLE f (id INT, v FLOAT)');
    await scene.sql('INSERT INTO f VALUES (1, 16777215), (2, 0.123456789)');
    const reason = await run(
      `for (const { id, v } of await query('SELECT id, v + 0e0 AS v FROM f')) await query('UPDATE f SET id = -id WHERE id = ? AND v = ?', [id, v]);
       for (const { id, v } of await query('SELECT id, v FROM f WHERE id < ?', [0])) await query('UPDATE f SET id = id - 10 WHERE id = ? AND v = ?', [id, v]);`,
    );
    expect(reason).toContain('1 migration applied');
    expect(await scene.sql('SELECT id FROM f ORDER BY id DESC')).toEqual([{ id: -11 }, { id: -12 }]);
  });

  test.each(['+00:00', '+05:00', '-08:30', 'SYSTEM'])(
    'a Date is the same moment as NOW() in a session of the time zone %s',
    async (zone) => {
      await scene.sql('CREATE TABLE z (moment TIMESTAMP(3) NULL, day DATETIME(3), same BOOLEAN)');
      const reason = await run(
        `await query("SET time_zone = '${zone}'");
       const moment = new Date('2026-07-01T22:30:00.123Z');
       await query('INSERT INTO z VALUES (?, /* ? */ ?, ? = FROM_UNIXTIME(1782945000.123))', [moment, moment, moment]);
       const [{ n }] = await query('SELECT COUNT(*) AS n FROM z WHERE moment = ? AND day = moment', [moment]);
       await query('UPDATE z SET same = same + ?', [n]);
       await query('INSERT INTO z VALUES (?, ?, NULL)', [null, new Date('1950-06-07T00:00:00Z')]);`,
      );
      expect(reason).toContain('1 migration applied');
      const rows = await scene.sql(
        'SELECT UNIX_TIMESTAMP(moment) AS moment, same, CAST(day AS CHAR) AS day FROM z ORDER BY day DESC',
      );
      expect(rows).toMatchObject([
        { moment: '1782945000.123', same: 2 },
        { moment: null, day: '1950-06-07 00:00:00.000' },
      ]);
    },
  );

  test('bytes and objects of other kinds than the driver knows are sent as bytes and JSON', async () => {
    await scene.sql('CREATE TABLE b (v VARBINARY(9), j JSON)');
    const reason = await run(
      `const object = Object.assign(Object.create(null), { a: [1, { b: null }] });
       await query('INSERT INTO b VALUES (?, ?)', [new Uint8Array([7, 255, 0, 7]).subarray(1, 3), object]);`,
    );
    expect(reason).toContain('1 migration applied');
    const [row] = await scene.sql("SELECT HEX(v) AS v, JSON_EXTRACT(j, '$.a[0]') AS j FROM b");
    expect([row?.['v'], String(row?.['j'])]).toEqual(['FF00', '1']);
  });

  const AN_ARRAY =
    'parameter 1 is an array: IN takes a question mark for each value, and a JSON column JSON.stringify(value); the statement was not run';
  const PARAMETERS = 'the parameters of a query are an array, and it was given';
  test.each([
    ["'DELETE FROM t WHERE id IN (?)', [[1, 2]]", AN_ARRAY],
    [
      "'DELETE FROM t WHERE id = ?', [undefined]",
      'parameter 1 is undefined: for NULL give null; the statement was not run',
    ],
    ["'DELETE FROM t WHERE id = ?', 1", `${PARAMETERS} 1; the statement was not run`],
    ["'DELETE FROM t WHERE id = ?', '1'", `${PARAMETERS} a text; the statement was not run`],
    ["'DELETE FROM t WHERE id = ?', null", `${PARAMETERS} null; the statement was not run`],
    ["'DELETE FROM t WHERE id = :id', { id: 1 }", `${PARAMETERS} an Object; the statement was not run`],
    ["{ sql: 'DELETE FROM t' }", 'query takes a text, and was given an Object; nothing was run'],
    ["['DELETE FROM t']", 'query takes a text, and was given an Array; nothing was run'],
    ['', 'query takes a text, and was given undefined; nothing was run'],
    [
      "'DELETE FROM t WHERE id = ?', [new Map([[1, 2]])]",
      'parameter 1 is a Map, which no column can hold; the statement was not run',
    ],
    ["'DELETE FROM t WHERE id = ?', [new URL('http://a/')]", 'parameter 1 is a URL, which no column can hold'],
    ["'DELETE FROM t WHERE id = ?', [new Float32Array(1)]", 'parameter 1 is a Float32Array, which no column can hold'],
    ["'DELETE FROM t WHERE id = ?', [Symbol('1')]", 'parameter 1 is a symbol, which no column can hold'],
    ["'DELETE FROM t WHERE id = ?', [() => 1]", 'parameter 1 is a function, which no column can hold'],
    ["'DELETE FROM t WHERE id = ?', [new Date(8.64e15)]", 'parameter 1 is Sat Sep 13 275760'],
  ])('query(%s) is refused in words', async (given, message) => {
    await scene.sql('CREATE TABLE t (id INT PRIMARY KEY)');
    await scene.sql('INSERT INTO t VALUES (1), (2)');
    expect(await run(`await query(${given});`)).toContain(message);
    expect(await scene.sql('SELECT COUNT(*) AS n FROM t')).toEqual([{ n: 2 }]);
  });
});
