import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { DRIVER_OPTIONS } from '../../../lambda/edges/database/mysql';

const MODULES = path.join(__dirname, '../../../node_modules');
const BUNDLE = readFileSync(path.join(__dirname, '../../../dist/function/index.js'), 'utf8');
const NOT_IN_BUNDLE = /not in the bundle: see scripts\/uncalled-functions\.cjs/;

const { uncalled, withoutUncalled } = jest.requireActual<{
  readonly uncalled: Readonly<Record<string, readonly string[]>>;
  readonly withoutUncalled: (file: string, source: string) => string;
}>('../../../scripts/uncalled-functions.cjs');

/** A file of a package as the bundle has it. */
function bundled(name: string): unknown {
  const file = path.join(MODULES, name);
  const module = { exports: {} as unknown };
  const source = withoutUncalled(file, readFileSync(file, 'utf8'));
  const load = (request: string): unknown =>
    jest.requireActual(request.startsWith('.') ? path.join(path.dirname(file), request) : request);
  (vm.compileFunction(source, ['module', 'exports', 'require'], { filename: file }) as (...given: unknown[]) => void)(
    module,
    module.exports,
    load,
  );
  return module.exports;
}

test.each(Object.keys(uncalled))('%s is in the bundle without them, and can be read', (name) => {
  const source = readFileSync(path.join(MODULES, name), 'utf8');
  const left = withoutUncalled(path.join(MODULES, name), source);
  const heads = uncalled[name] ?? [];
  for (const head of heads) expect(left).toContain(`\n${head}throw Error('this function is not in the bundle`);
  expect(left.split('this function is not in the bundle').length).toBeGreaterThan(heads.length);
  expect(() => bundled(name)).not.toThrow();
});

test('a function that a package no longer has ends the build', () => {
  expect(() => withoutUncalled(path.join(MODULES, 'umzug/lib/umzug.js'), 'class Umzug {}\n')).toThrow(
    /umzug\/lib\/umzug\.js has no function that begins with "    async create\(options\) \{"/,
  );
});

test('a file that has none stays as it is', () => {
  expect(withoutUncalled(path.join(MODULES, 'umzug/lib/index.js'), 'whatever')).toBe('whatever');
});

test('whoever calls one all the same is told so', async () => {
  type Client = Readonly<
    Record<'query' | 'end' | 'changeUser', () => Promise<unknown>> & { transaction: () => unknown }
  >;
  const connect = bundled('serverless-mysql/index.js') as (options: object) => Client;
  const client = connect({ config: {} });
  await expect(client.query()).rejects.toThrow(NOT_IN_BUNDLE);
  await expect(client.end()).rejects.toThrow(NOT_IN_BUNDLE);
  await expect(client.changeUser()).rejects.toThrow(NOT_IN_BUNDLE);
  expect(() => client.transaction()).toThrow(NOT_IN_BUNDLE);
  expect(() => connect({ config: 'mysql://db/app' })).toThrow(NOT_IN_BUNDLE);

  const { Umzug } = bundled('umzug/lib/umzug.js') as { Umzug: new (options: object) => { create(): Promise<unknown> } };
  await expect(new Umzug({ migrations: [], storage: undefined }).create()).rejects.toThrow(NOT_IN_BUNDLE);

  const Config = bundled('mysql2/lib/connection_config.js') as new (options: unknown) => object;
  expect(() => new Config('mysql://db/app')).toThrow(NOT_IN_BUNDLE);

  const Packet = bundled('mysql2/lib/packets/packet.js') as { prototype: Readonly<Record<string, () => unknown>> };
  for (const name of ['parseDate', 'parseDateTime', 'readDateTime', 'parseGeometryValue'])
    expect(() => Packet.prototype[name]?.()).toThrow(NOT_IN_BUNDLE);
});

test('with the options that the driver is given, no type of a column is read as a date or a shape', () => {
  type Parser = { next(packet: unknown, fields: unknown, options: object): unknown };
  const text = jest.requireActual<(fields: unknown, options: object, config: object) => Parser>(
    `${MODULES}/mysql2/lib/parsers/static_text_parser.js`,
  );
  const binary = jest.requireActual<(fields: unknown, options: object, config: object) => new () => Parser>(
    `${MODULES}/mysql2/lib/parsers/static_binary_parser.js`,
  );
  const asked = new Set<unknown>();
  const packet = new Proxy({}, { get: (_, name) => (asked.add(name), () => 0) });
  for (const columnType of Array(256).keys())
    for (const extendedFormat of [undefined, 'json']) {
      const fields = [{ columnType, extendedFormat, name: 'a', encoding: 'utf8', characterSet: 63, flags: 0 }];
      text(fields, {}, DRIVER_OPTIONS).next(packet, fields, {});
      new (binary(fields, {}, DRIVER_OPTIONS))().next(packet, fields, {});
    }
  const heads = uncalled['mysql2/lib/packets/packet.js'] ?? [];
  expect([...asked].filter((name) => heads.some((head) => head.includes(` ${String(name)}(`)))).toEqual([]);
  // They are read, all the same.
  expect(asked).toContain('readDateTimeString');
  expect(asked).toContain('readLengthCodedBuffer');
});

test('an integer goes to the server as mysql2 sends it', () => {
  interface Encoded {
    writer(this: { writeUIntLE(...written: readonly unknown[]): void }, value: unknown): void;
  }
  interface Typed {
    integerHint(value: unknown, type: number, unsigned: boolean): object | null;
    encodeTypedParameter(parameter: object): Encoded & { readonly value: unknown };
  }
  const real = jest.requireActual<Typed>('../../../node_modules/mysql2/lib/packets/typed_parameter.js');
  const ours = bundled('mysql2/lib/packets/typed_parameter.js') as Typed;
  const sentBy = (typed: Typed, ...[value, type, isUnsigned]: Parameters<Typed['integerHint']>): unknown => {
    const hinted = typed.integerHint(value, type, isUnsigned);
    if (hinted === null) return null;
    const encoded = typed.encodeTypedParameter(hinted);
    const written: unknown[] = [];
    encoded.writer.call({ writeUIntLE: (...each) => written.push(each) }, encoded.value);
    return { ...encoded, writer: written };
  };
  const limits = [7, 8, 15, 16, 31, 32, 52, 53, 63, 64].map((bits) => 2n ** BigInt(bits));
  const integers = [0n, ...limits.flatMap((limit) => [limit - 1n, limit, -limit, -limit - 1n])];
  const values = [...integers, ...integers.map(Number), true, false, 1.5, NaN, Infinity, '1', null, new Date(0)];
  const allSentBy = (typed: Typed, type: number): readonly unknown[] =>
    [true, false].map((isUnsigned) => values.map((value) => sentBy(typed, value, type, isUnsigned)));
  for (const type of Array(256).keys()) expect(allSentBy(ours, type)).toEqual(allSentBy(real, type));
});

test.each([
  'changeUser',
  'createBinlogStream',
  'defaultCreationTemplate',
  'serverHandshake',
  'setScrambleData',
  'writeColumns',
  'writeTextResult',
])('nothing in the bundle calls %s', (name) => {
  expect(BUNDLE).toContain(`${name}(`);
  expect(BUNDLE).not.toContain(`.${name}(`);
});
