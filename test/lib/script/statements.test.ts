import fc from 'fast-check';
import { splitStatements } from '../../../lib/script/statements';

function split(sql: string): readonly string[] {
  const result = splitStatements(sql);
  if (result.kind === 'unreadable') throw new Error(`line ${result.line}: ${result.problem}`);
  return result.statements.map(({ text }) => text);
}

describe('a text is split as the mysql client splits it', () => {
  const cases: readonly (readonly [name: string, sql: string, statements: readonly string[]])[] = [
    ['nothing', '', []],
    ['blanks and lone delimiters', ' ;\n;; \t;', []],
    ['two statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['a last statement without delimiter', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['CRLF inside stays, around it goes', '\r\nSELECT\r\n1;\r\n', ['SELECT\r\n1']],
    ['a byte order mark', '\uFEFFSELECT 1;', ['SELECT 1']],
    ["a delimiter in '…'", "SELECT 'a;b';", ["SELECT 'a;b'"]],
    ['a delimiter in "…"', 'SELECT "a;b";', ['SELECT "a;b"']],
    ['a delimiter in a name', 'SELECT `a;b`;', ['SELECT `a;b`']],
    ['an escaped quote', "SELECT 'it\\'s;'; SELECT 2", ["SELECT 'it\\'s;'", 'SELECT 2']],
    ['an escaped backslash', "SELECT 'a\\\\'; SELECT 2", ["SELECT 'a\\\\'", 'SELECT 2']],
    ['a doubled quote', "SELECT 'it''s;'; SELECT 2", ["SELECT 'it''s;'", 'SELECT 2']],
    ['a backslash in a name is no escape', 'SELECT `a\\`; SELECT 2', ['SELECT `a\\`', 'SELECT 2']],
    ['quotes of one kind in another', `SELECT "it's;", '";'; SELECT 2`, [`SELECT "it's;", '";'`, 'SELECT 2']],
    ['a string over lines', "SELECT 'a\n-- b;\nc';", ["SELECT 'a\n-- b;\nc'"]],
    ['comments alone make no statement', '-- a;\n# b;\n/* c; */;', []],
    ['comments around are dropped', '-- a\nSELECT 1 -- b;\n;# c', ['SELECT 1']],
    ['comments inside stay', 'SELECT /* a; */ 1 -- b;\n, 2;', ['SELECT /* a; */ 1 -- b;\n, 2']],
    ['an apostrophe in each comment form', "-- it's\n# it's\n/* it's */SELECT 1;", ['SELECT 1']],
    ['optimizer hints stay', 'SELECT /*+ MAX_EXECUTION_TIME(1) */ 1;', ['SELECT /*+ MAX_EXECUTION_TIME(1) */ 1']],
    ['two hyphens without a blank are minus minus', 'SELECT 5--1; SELECT 2', ['SELECT 5--1', 'SELECT 2']],
    ['two hyphens before a statement are a comment', "--it's\nSELECT 1; --one\n", ['SELECT 1']],
    ['two hyphens at a line end are a comment', 'SELECT 1 --\n;', ['SELECT 1']],
    ['a statement in an executable comment', '/*!40101 SET NAMES utf8 */;', ['/*!40101 SET NAMES utf8 */']],
    ['an executable comment of MariaDB', '/*M!100100 SET x=1 */;', ['/*M!100100 SET x=1 */']],
    [
      'an executable comment at the end',
      'CREATE TABLE t (a INT) /*!50100 COMMENT "x;" */;',
      ['CREATE TABLE t (a INT) /*!50100 COMMENT "x;" */'],
    ],
    [
      'a comment in an executable comment',
      '/*!50003 SELECT 1 /* ; */ + 1 */; SELECT 2',
      ['/*!50003 SELECT 1 /* ; */ + 1 */', 'SELECT 2'],
    ],
    ['the first line of a dump of MariaDB', '/*M!999999\\- enable the sandbox mode */ \nSELECT 1;', ['SELECT 1']],
    [
      'another delimiter',
      'DELIMITER //\nSELECT 1; SELECT 2//\nDELIMITER ;\nSELECT 3;',
      ['SELECT 1; SELECT 2', 'SELECT 3'],
    ],
    ['any delimiter, in any case', 'delimiter $$\nSELECT 1$$\nDelimiter EOF\nSELECT 2 EOF', ['SELECT 1', 'SELECT 2']],
    ['a delimiter that starts like a comment', 'DELIMITER #\nSELECT 1#SELECT 2#', ['SELECT 1', 'SELECT 2']],
    ['DELIMITER with CRLF, indented', '  DELIMITER //\r\nSELECT 1//\r\nDELIMITER ;\r\n', ['SELECT 1']],
    ['words after the delimiter', 'DELIMITER // -- for the body\nSELECT 1//', ['SELECT 1']],
    ['a semicolon before another delimiter', 'DELIMITER //\nSELECT 1; SELECT 2 ; //\n;//', ['SELECT 1; SELECT 2']],
    ['a quoted delimiter', "DELIMITER '//'\nSELECT 1;//", ['SELECT 1']],
    ['DELIMITER after a delimiter', 'DELIMITER //\nSELECT 1// DELIMITER ;\nSELECT 2;', ['SELECT 1', 'SELECT 2']],
    [
      'a column called delimiter',
      'CREATE TABLE t (\n  delimiter varchar(5)\n);',
      ['CREATE TABLE t (\n  delimiter varchar(5)\n)'],
    ],
    ['delimiter as a column in a list', 'SELECT\ndelimiter ,\n1;', ['SELECT\ndelimiter ,\n1']],
    [
      'DELIMITER in a string or comment',
      "SELECT '\nDELIMITER //\n' /*\nDELIMITER //\n*/, 1;",
      ["SELECT '\nDELIMITER //\n' /*\nDELIMITER //\n*/, 1"],
    ],
    [
      'a trigger of a dump',
      'DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN SET @x=1; END */;;\nDELIMITER ;',
      ['/*!50003 CREATE*/ /*!50003 TRIGGER a BEFORE INSERT ON b FOR EACH ROW BEGIN SET @x=1; END */'],
    ],
  ];
  test.each(cases)('%s', (_, sql, statements) => expect(split(sql)).toEqual(statements));

  test('each statement comes with line and column of its first character', () => {
    const sql = "-- one\n\nSELECT 1;\nSELECT '\n\n';SELECT 3;\r\n\r\nDELIMITER //\nSELECT 4//";
    const result = splitStatements(sql);
    expect(result.kind === 'statements' && result.statements.map(({ line, column }) => `${line}:${column}`)).toEqual([
      '3:1',
      '4:1',
      '6:3',
      '9:1',
    ]);
  });
});

describe('a text that cannot be read is refused with its line', () => {
  const cases: readonly (readonly [name: string, sql: string, line: number, problem: RegExp])[] = [
    ['open single quote', "SELECT 1;\nSELECT 'it", 2, /string that opens here with ' is never closed/],
    ['open double quote', '\n\nSELECT "', 3, /string that opens here with "/],
    ['open backtick', 'SELECT `a;\n', 1, /name that opens here/],
    ['open comment', 'SELECT 1;\n\n/* SELECT 2;\n', 3, /comment that opens here/],
    ['open executable comment', 'SELECT 1;\n/*!50003 SELECT 2;\n', 2, /comment that opens here/],
    ['a quote whose end is escaped', "SELECT 'a\\'", 1, /never closed/],
    ['DELIMITER without one', 'SELECT 1;\nDELIMITER\n', 2, /must be followed/],
    ['DELIMITER with a backslash', 'DELIMITER \\\\\n', 1, /backslash/],
    ['DELIMITER before the end of a statement', 'DELIMITER //\nSELECT 1;\nDELIMITER ;\n', 3, /not ended/],
    ['USE without delimiter', 'USE a\nSELECT 1;', 1, /missing ";" after USE/],
  ];
  test.each(cases)('%s', (_, sql, line, problem) =>
    expect(splitStatements(sql)).toMatchObject({ kind: 'unreadable', line, problem: expect.stringMatching(problem) }),
  );

  test('the column is where the quote opens', () => {
    expect(splitStatements("SELECT 1;\r\nSELECT 'it")).toMatchObject({ line: 2, column: 8 });
  });
});

describe('a stored program is read to the END of its body, with DELIMITER and without', () => {
  const bodies = [
    'CREATE PROCEDURE p() BEGIN SELECT 1; END',
    'CREATE PROCEDURE p() BEGIN\n  -- does this; END;\n  SELECT 1;\nEND',
    'create or replace definer = `a`@`%` procedure if not exists `d`.`p` (IN begin INT) sql security invoker begin select 1; end',
    'CREATE FUNCTION f(a INT) RETURNS VARCHAR(5) CHARACTER SET utf8 DETERMINISTIC BEGIN RETURN 1; END',
    'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END',
    'CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS u IF NEW.b THEN SET @c = 1; END IF',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; END',
    'ALTER EVENT e DO BEGIN DELETE FROM a; END',
    'CREATE PROCEDURE p() top: BEGIN LEAVE top; END top',
    'CREATE PROCEDURE p() `top`: BEGIN LEAVE `top`; END `top`',
    'CREATE PROCEDURE p() WHILE TRUE DO SELECT 1; END WHILE',
    'CREATE PROCEDURE p() REPEAT SET @a = REPEAT("x", 2); UNTIL @a > 1 END REPEAT',
    'CREATE PROCEDURE p() CASE @a WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE',
    'CREATE /*!50020 DEFINER=`a`@`b` */ PROCEDURE p() BEGIN SELECT 1; END',
    `CREATE PROCEDURE p(a INT) BEGIN
       DECLARE done INT DEFAULT FALSE;
       DECLARE c CURSOR FOR SELECT id, CASE WHEN b.end THEN 1 ELSE CASE WHEN 2 THEN 3 END END FROM b FOR UPDATE;
       DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
       DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
       IF a > 1 THEN SET a = IF(a > 2, 1, 2); ELSEIF EXISTS (SELECT 1) THEN BEGIN END; ELSE DROP TABLE IF EXISTS b; END IF;
       again: LOOP
         CASE WHEN a = 1 THEN LEAVE again; WHEN a = 2 THEN SET a = CASE a WHEN 1 THEN 2 END; ELSE SELECT ";" AS "END"; END CASE;
         WHILE a < 9 DO SET a = a + 1; END WHILE;
         DO SLEEP(0);
       END LOOP again;
       SELECT start, b.end, \`end\`, NEW.case FROM b WHERE b.end > 1;
       CREATE TABLE IF NOT EXISTS d (id INT);
     END`,
    'CREATE PROCEDURE p() FOR i IN 1..10 DO INSERT INTO a VALUES (i); END FOR',
  ];
  test.each(bodies)('%s', (sql) => {
    expect(split(`SELECT 1;\n${sql};\nSELECT 2; ${sql} ;;`)).toEqual(['SELECT 1', sql, 'SELECT 2', sql]);
    expect(split(sql)).toEqual([sql]);
    expect(split(`DELIMITER //\n${sql};//\nDELIMITER ;\nSELECT 2`)).toEqual([sql, 'SELECT 2']);
  });

  const open = [
    'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2;',
    'CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END;',
    'CREATE PROCEDURE p() BEGIN WHILE a DO SELECT 1; END LOOP; END;',
    'CREATE PROCEDURE p() BEGIN SELECT 1; END SELECT 2;',
    'CREATE PROCEDURE p() BEGIN SELECT CASE WHEN 1 THEN 2; END; END;',
    'CREATE PROCEDURE p() BEGIN SELECT 1;\nDELIMITER //\nCREATE PROCEDURE q() BEGIN SELECT 1; END; END//',
    "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 'it; END;",
  ];
  test.each(open)('one that has no end is refused: %s', (sql) =>
    expect(splitStatements(`SELECT 1;\n\n${sql}`)).toMatchObject({
      kind: 'unreadable',
      line: 3,
      problem: expect.stringMatching(/^the end of the body that begins here is not found/),
    }),
  );

  test('an END that closes nothing is refused', () => {
    const sql = 'CREATE PROCEDURE p() SELECT 1;\nSELECT 2;\nEND;';
    expect(splitStatements(sql)).toMatchObject({ line: 3, problem: expect.stringMatching(/^missing DELIMITER/) });
  });

  const whole = [
    'CREATE PROCEDURE p() BEGIN END',
    'CREATE PROCEDURE p() SELECT CASE WHEN 1 THEN 2 END',
    'CREATE PROCEDURE p(IN begin INT) UPDATE a SET b = IF(c, 1, 2)',
    'CREATE FUNCTION f() RETURNS INT RETURN IF(1, 2, 3)',
    'CREATE FUNCTION f() RETURNS VARCHAR(9) CHARSET utf8 RETURN CASE WHEN 1 THEN 2 END',
    'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = CASE WHEN 1 THEN 2 END',
    'CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a WHERE IF(b, 1, 0)',
    'CREATE TABLE event (begin INT, `end` INT)',
    'CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END AS begin',
    "CREATE TABLE t (a INT) COMMENT 'CREATE PROCEDURE p() BEGIN'",
    'DROP PROCEDURE p',
    'USE `a`',
  ];
  test.each(whole)('but not: %s', (sql) => expect(split(`${sql};SELECT 1;`)).toEqual([sql, 'SELECT 1']));
});

describe('whatever the text', () => {
  const scrap = fc.constantFrom(
    ...`' " \` ; ;; // -- -- # /* */ /*! /*!50003 /*M! \\ \n \r\n DELIMITER delimiter CREATE PROCEDURE BEGIN END a 1 ( ) , é 表`.split(
      ' ',
    ),
    ' ',
    '\n',
  );
  const text = fc.oneof(
    fc.array(scrap, { maxLength: 40 }).map((scraps) => scraps.join('')),
    fc.array(scrap).map((scraps) => scraps.join(' ')),
    fc.string(),
  );
  const quoted = fc
    .tuple(fc.constantFrom("'", '"', '`'), text)
    .map(([quote, inner]) => `${quote}${inner.replaceAll('\\', '\\\\').replaceAll(quote, quote + quote)}${quote}`);
  const comment = fc.oneof(
    text.map((inner) => `-- ${inner.replaceAll('\n', ' ')}\n`),
    text.map((inner) => `#${inner.replaceAll('\n', ' ')}\n`),
    text
      .map((inner) => `/* ${inner.replaceAll('*/', '')}*/`)
      .filter((whole) => whole.indexOf('*/') === whole.length - 2),
  );
  const code = fc.array(fc.oneof(fc.constantFrom(' ', 'a', '1 ', '(', ')', ',', '\n', '-1', '/ '), quoted, comment), {
    maxLength: 12,
  });
  const statement = code.map((pieces) => `SELECT ${pieces.join('')} x`);

  test('splitting never throws, and statements are pieces of the text in its order', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const result = splitStatements(sql);
        if (result.kind === 'unreadable') {
          expect(result.line).toBeGreaterThan(0);
          return;
        }
        let from = 0;
        for (const { text: piece } of result.statements) {
          expect(piece).toBe(piece.replace(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, ''));
          const at = sql.indexOf(piece, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + piece.length;
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('statements joined with the delimiter come back as they were', () => {
    fc.assert(
      fc.property(fc.array(statement), (statements) =>
        expect(split(statements.map((s) => `${s};`).join('\n'))).toEqual(statements),
      ),
      { numRuns: 500 },
    );
  });

  test('so do statements that are split once more', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const once = splitStatements(sql);
        if (once.kind === 'unreadable' || /delimiter/i.test(sql)) return;
        const texts = once.statements.map((each) => each.text);
        // Two hyphens at a statement's end become a comment where a line end follows.
        if (texts.some((s) => s.endsWith('-'))) return;
        expect(split(texts.map((s) => `${s}\n;`).join('\n'))).toEqual(texts);
      }),
      { numRuns: 2000 },
    );
  });
});
