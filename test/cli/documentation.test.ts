import fs from 'node:fs';
import path from 'node:path';
import { expectPlayed } from './played-document';

test('the problem matcher of docs/cli.md reads what lint prints', () => {
  const document = fs.readFileSync(path.join(__dirname, '../../docs/cli.md'), 'utf8');
  const [, written = ''] = /"regexp": (".*")/.exec(document) ?? [];
  const [, ...values] = new RegExp(JSON.parse(written) as string).exec(
    /^db.*down-incomplete warning.*$/m.exec(document)![0],
  )!;

  expect(values).toEqual([
    ...['db/migrations/0002_add_email.sql', '3', '1', 'down-incomplete', 'warning'],
    expect.stringMatching(/^"ALTER TABLE user DROP COLUMN nick": the down does not make /),
  ]);
});

test.each(['cli.md', 'ci.md'])('docs/%s shows what its commands print', (name) => expectPlayed(name));
