import { IndirectWrites } from '../../../lambda/schema/indirect-writes';
import { resolveSteps } from '../../../lambda/schema/resolved-step';
import { stepOf } from '../../../lambda/sql/step';

const table = (name: string, more = '') => ({
  kind: 'table' as const,
  name,
  definition: `CREATE TABLE \`${name}\` (\n  \`id\` int NOT NULL${more}\n) ENGINE=InnoDB`,
});
const trigger = (name: string, when: string, body: string) => ({
  kind: 'trigger' as const,
  name,
  definition: `CREATE DEFINER=\`root\`@\`%\` TRIGGER \`${name}\` ${when} FOR EACH ROW ${body}`,
});
const view = (name: string, query: string) => ({
  kind: 'view' as const,
  name,
  definition: `CREATE ALGORITHM=UNDEFINED VIEW \`${name}\` AS ${query}`,
});
const routine = (kind: 'function' | 'procedure', name: string, body: string) => ({
  kind,
  name,
  definition: `CREATE DEFINER=\`root\`@\`%\` ${kind} \`${name}\`() ${body}`,
});

const OBJECTS = [
  ...['plain', 'audit', 'log', 'Big'].map((name) => table(name)),
  table('parent'),
  table(
    'child',
    ',\n  CONSTRAINT `f` FOREIGN KEY (`p`) REFERENCES `parent` (`id`) ON DELETE CASCADE ON UPDATE NO ACTION',
  ),
  table('grandchild', ',\n  CONSTRAINT `g` FOREIGN KEY (`p`) REFERENCES `child` (`id`) ON DELETE SET NULL'),
  table('keyed', ',\n  CONSTRAINT `h` FOREIGN KEY (`p`) REFERENCES `parent` (`id`) ON UPDATE CASCADE'),
  table('watched'),
  trigger('w', 'AFTER UPDATE ON `watched`', 'INSERT INTO audit VALUES (1)'),
  trigger('x', 'BEFORE INSERT ON `watched`', 'SET NEW.id = 1'),
  trigger('y', 'AFTER DELETE ON `watched`', 'CALL tidies()'),
  routine('procedure', 'tidies', 'DELETE FROM log'),
  routine('function', 'adds', 'BEGIN INSERT INTO log VALUES (1); RETURN 1; END'),
  routine('function', 'reads', 'RETURN (SELECT MAX(id) FROM log)'),
  view('seen', 'select `plain`.`id` AS `id` from `plain`'),
  view('calling', 'select `adds`() AS `id`'),
];

function reachOf(statement: string, elsewhere = [{ schema: 'other', name: 't' }]): unknown {
  const [step] = resolveSteps([stepOf(statement)], 'app');
  const reach = step && new IndirectWrites(OBJECTS, elsewhere, 'app').of(step);
  return reach && Object.fromEntries(reach.tables.map(([name, writes]) => [name, [...writes].join(' ')]));
}

test.each([
  ['INSERT INTO audit VALUES (1)', {}],
  ['INSERT INTO plain VALUES (1)', { seen: 'insert' }],
  ['INSERT INTO seen VALUES (1)', { plain: 'insert' }],
  ['DELETE FROM parent', { child: 'delete', grandchild: 'update' }],
  ['UPDATE parent SET id = 2', { keyed: 'update' }],
  ['UPDATE parent SET name = 2', {}],
  ['INSERT INTO parent VALUES (1)', {}],
  ['REPLACE INTO parent VALUES (1)', { child: 'delete', grandchild: 'update', keyed: 'update' }],
  ['UPDATE watched SET a = 1', { audit: 'insert' }],
  ['INSERT INTO watched VALUES (1)', { watched: 'update', audit: 'insert' }],
  ['DELETE FROM watched', { log: 'delete' }],
  ['CALL tidies()', { log: 'delete' }],
  ['DO adds()', { log: 'insert' }],
  ['SET @a = adds()', { log: 'insert' }],
  ['DO reads()', {}],
  ['INSERT INTO audit SELECT id FROM calling', { log: 'insert' }],
  ['CREATE TABLE made AS SELECT adds()', { log: 'insert' }],
  ['ALTER TABLE plain ADD adds INT', {}],
  ['CREATE TRIGGER z AFTER UPDATE ON plain FOR EACH ROW DO adds()', {}],
  ['TRUNCATE TABLE parent', {}],
  ['INSERT INTO other.plain VALUES (1)', {}],
  ['INSERT INTO other.t VALUES (1)', null],
  ['DO `other`.`t`()', null],
  ['ALTER IGNORE TABLE plain ADD UNIQUE (id)', null],
  ['ALTER TABLE plain ENGINE=BLACKHOLE', null],
] as const)('%s', (statement, tables) => {
  expect(reachOf(statement)).toEqual(tables);
});

test('names in any case lead to the table as it is called', () => {
  const objects = [...OBJECTS, trigger('b', 'AFTER INSERT ON `audit`', 'DELETE FROM BIG')];
  const [step] = resolveSteps([stepOf('INSERT INTO audit VALUES (1)')], 'app');
  expect(step && new IndirectWrites(objects, [], 'app').of(step)?.tables.map(([name]) => name)).toEqual(['Big']);
});
