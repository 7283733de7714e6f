import { ended } from '../../../cli/dump/statement-text';
import { splitStatements } from '../../../lib/script/statements';

test.each(['CREATE PROCEDURE p() BEGIN SELECT 1; END -- end of p', 'CREATE PROCEDURE p() BEGIN SELECT 1; END # end'])(
  'a body that ends in a comment is loaded again: %s',
  (body) => {
    expect(splitStatements(`${ended(body, true)}\nCREATE TABLE after_it (id INT);\n`)).toMatchObject({
      kind: 'statements',
      statements: [
        { text: expect.stringContaining('CREATE PROCEDURE p()') },
        { text: 'CREATE TABLE after_it (id INT)' },
      ],
    });
  },
);
