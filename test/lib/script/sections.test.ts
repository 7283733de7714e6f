import fc from 'fast-check';
import { parseSections, saysContract, saysIrreversible } from '../../../lib/script/sections';

describe('a file is cut at its markers', () => {
  const cases: readonly (readonly [name: string, source: string, sections: object])[] = [
    ['up and down', '-- migrate:up\nA;\n-- migrate:down\nB;\n', { up: 'A;\n', upLine: 2, down: 'B;\n', downLine: 4 }],
    [
      'comments and blanks before',
      '\n-- a\n# b\n/* c\n*/\n-- migrate:up\nA;\n',
      { up: 'A;\n', upLine: 7, down: undefined },
    ],
    [
      'CRLF',
      '-- migrate:up\r\nA;\r\n-- migrate:down\r\nB;\r\n',
      { up: 'A;\r\n', upLine: 2, down: 'B;\r\n', downLine: 4 },
    ],
    ['a byte order mark', '\uFEFF-- migrate:up\nA;', { up: 'A;', upLine: 2 }],
    [
      "dbmate's options",
      '-- migrate:up transaction:false\nA;\n-- migrate:down transaction:false x:y\nB;',
      { up: 'A;\n', down: 'B;' },
    ],
    ['no blank after the hyphens', '--migrate:up\nA;\n--migrate:down\nB;', { up: 'A;\n', down: 'B;' }],
    ['capitals and indentation', '  -- Migrate:UP\nA;\n\t-- MIGRATE:DOWN\nB;', { up: 'A;\n', down: 'B;' }],
    ['an empty down', '-- migrate:up\nA;\n-- migrate:down', { up: 'A;\n', down: '', downLine: 4 }],
    ['an empty up', '-- migrate:up\n-- migrate:down\nB;', { up: '', upLine: 2, down: 'B;', downLine: 3 }],
    ['irreversible', '-- migrate:up\n-- migrate:irreversible\nA;', { irreversible: true, down: undefined }],
    [
      'irreversible before the up, with a reason',
      '-- migrate:irreversible drops data\n-- migrate:up\nA;',
      { irreversible: true },
    ],
    [
      'irreversible with an empty down',
      '-- migrate:up\nA;\n-- migrate:down\n-- migrate:irreversible\n',
      { irreversible: true },
    ],
    ['reversible', '-- migrate:up\nA;', { irreversible: false }],
  ];
  test.each(cases)('%s', (_, source, sections) =>
    expect(parseSections(source)).toMatchObject({ kind: 'sections', ...sections }),
  );
});

describe('a file that is not in the format is refused with its line', () => {
  const cases: readonly (readonly [name: string, source: string, line: number, problem: RegExp])[] = [
    ['down before up', '-- migrate:down\nB;\n-- migrate:up\nA;', 1, /must come after/],
    ['down alone', 'A;\n-- migrate:down\nB;', 2, /"migrate:up" is missing/],
    ['two ups', '-- migrate:up\nA;\n-- migrate:up\nB;', 3, /second time, the first is on line 1/],
    ['two downs', '-- migrate:up\n-- migrate:down\nA;\n-- migrate:down\n', 4, /second time, the first is on line 2/],
    ['a statement before the up', 'A;\n-- migrate:up\n', 2, /only comments/],
    ['an open comment before the up', '/* a\n-- migrate:up\n', 1, /never closed/],
    ['a misspelt marker', '-- migrate:up\nA;\n-- migrate:donw\nB;', 3, /"migrate:donw" is not a marker/],
    ['a marker with a semicolon', '-- migrate:up\nA;\n-- migrate:down;\nB;', 3, /"migrate:down;" is not a marker/],
    [
      'a phase that there is not',
      '-- migrate:phase shrink\n-- migrate:up\nA;',
      1,
      /"migrate:phase shrink" is not a marker/,
    ],
    ['a phase without a name', '-- migrate:up\nA;\n-- migrate:phase\n', 3, /"migrate:phase" is not a marker/],
    ['irreversible with a down', '-- migrate:up\nA;\n-- migrate:irreversible\n-- migrate:down\nB;', 3, /contradicts/],
  ];
  test.each(cases)('%s', (_, source, line, problem) =>
    expect(parseSections(source)).toMatchObject({ kind: 'unreadable', line, problem: expect.stringMatching(problem) }),
  );

  test.each([
    '',
    'CREATE TABLE a (b INT);',
    '-- migrate:irreversible\nA;',
    '-- migrate:phase contract\nA;',
    '-- migrate up\nA;',
    'A -- migrate:up',
  ])('no marker at all is a case of its own: %j', (source) =>
    expect(parseSections(source)).toMatchObject({ kind: 'unmarked' }),
  );

  test('no text makes it throw, and up and down are the text after their markers', () => {
    const line = fc.constantFrom(
      '-- migrate:up',
      '-- migrate:down',
      '-- migrate:irreversible',
      '-- migrate:x',
      "A '",
      'B;',
      '/*',
      '*/',
      '',
      '\r',
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const result = parseSections(lines.join('\n'));
        if (result.kind !== 'sections') return;
        const text = lines.slice(result.upLine - 1, result.downLine && result.downLine - 2).join('\n');
        const isFollowed = result.downLine !== undefined && result.downLine > result.upLine + 1;
        expect(result.up).toBe(isFollowed ? `${text}\n` : text);
      }),
    );
  });
});

test('a file of its own says that it is irreversible on a line', () => {
  expect(saysIrreversible('A;\n-- migrate:irreversible\nB;')).toBe(true);
  expect(saysIrreversible('A;\n-- this is not migrate:irreversible\n')).toBe(false);
});

test('a file says on a line that it contracts, wherever that stands', () => {
  expect(saysContract('-- migrate:phase contract\n-- migrate:up\nA;')).toBe(true);
  expect(saysContract('A;\r\n  --migrate:PHASE  contract \r\n')).toBe(true);
  expect(saysContract('A;\n-- migrate:phase shrink\n-- see migrate:phase contract\n')).toBe(false);
  const source = '-- migrate:up\nA;\n-- migrate:phase contract\n-- migrate:down\nB;';
  expect(parseSections(source)).toMatchObject({ kind: 'sections', upLine: 2, downLine: 5 });
});
