import { effectsOf } from '../../../lambda/sql/effects';
import { outlineOf } from '../../../lambda/sql/up-outline';

const LONG = `'${'x'.repeat(2_000)}'`;

test.each([
  `INSERT INTO a VALUES (${LONG})`,
  `INSERT IGNORE \`odd \`\`name\`.a (t) VALUES (${LONG})`,
  `INSERT INTO a VALUES (${LONG}) ON DUPLICATE KEY UPDATE t = 1`,
  `REPLACE INTO app.a VALUES (${LONG})`,
  `/* seed */ INSERT INTO a SELECT ${LONG}`,
])('the outline of a long INSERT is short, and has the same effects: %#', (statement) => {
  const [outline = ''] = outlineOf([statement]);
  expect(outline.length).toBeLessThan(100);
  expect(effectsOf(outline)).toEqual(effectsOf(statement));
});

test('short ones, too, where it would be too large with them', () => {
  expect(outlineOf(['INSERT INTO a VALUES (1, 2, 3, 4)', 'DO 1'], 0)).toEqual(['INSERT INTO `a`', 'DO 1']);
});

test.each([
  'INSERT INTO a VALUES (1)',
  `UPDATE a SET t = ${LONG}`,
  `CREATE TABLE a (t TEXT COMMENT ${LONG})`,
  `SET @a = ${LONG}`,
  `CALL fill(${LONG})`,
])('all else stands there as it is: %#', (statement) => {
  expect(outlineOf([statement])).toEqual([statement]);
});
