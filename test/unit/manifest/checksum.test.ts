import { deflateSync } from 'node:zlib';
import { compress, uncompress } from '../../../lambda/journal/row-values';
import { checksumOf, sha256 } from '../../../lambda/manifest/checksum';
import { digestOf, manifestOf, versionOf } from '../../../lambda/manifest/manifest';
import type { ManifestEntry, MigrationName } from '../../../lambda/manifest/types';
import { shipped } from '../../paper/releases';

// Frozen: databases and stacks hold these values. A change of one of them makes applied migrations look edited, or
// keeps rollbacks of earlier releases from being vouched for.
describe('the checksum of a source', () => {
  test.each([
    ['CREATE TABLE user (id INT);', '3fbc9717f6d586e0ef64d38ed81abe3c560a57470066e50a3520ec27ef4b2bba'],
    ["INSERT INTO a VALUES ('é 表 🙂');", '4aa7c7e16fb39dbb5f0b7051f264cfa2af832d402111a81092129b3cf1832a54'],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('of %j is frozen', (source, expected) => {
    expect(checksumOf(source)).toBe(expected);
  });

  test('of an up and a down file is frozen', () => {
    expect(checksumOf('CREATE TABLE a (b INT);\n', 'DROP TABLE a;\n')).toBe(
      '556d56da66fa5dfa151bbaaf15fdef349a44a7203124097cbd0d2a45b33472ef',
    );
  });

  const SOURCE = '-- migrate:up\nCREATE TABLE a (\n  b INT\n);\n\n-- migrate:down\nDROP TABLE a;';
  test.each([
    ['a byte order mark', `\uFEFF${SOURCE}`],
    ['line ends of Windows', SOURCE.replaceAll('\n', '\r\n')],
    ['line ends of old Macs', SOURCE.replaceAll('\n', '\r')],
    ['blanks at the end of a line', SOURCE.replaceAll('\n', ' \t\n')],
    ['blanks on an empty line', SOURCE.replace('\n\n', '\n   \n')],
    ['a line end at the end', `${SOURCE}\n`],
    ['blanks and line ends at the end', `${SOURCE}  \r\n\t\r\n`],
  ])('does not see %s', (_what, source) => {
    expect(checksumOf(source)).toBe(checksumOf(SOURCE));
  });

  test.each([
    ['a comment', SOURCE.replace('CREATE', '/* new */ CREATE')],
    ['upper and lower case', SOURCE.toLowerCase()],
    ['blanks at the beginning of a line', SOURCE.replace('  b', ' b')],
    ['blanks inside of a line', SOURCE.replace('b INT', 'b  INT')],
    ['an empty line in the middle', SOURCE.replace('\n\n', '\n')],
    ['a line end at the beginning', `\n${SOURCE}`],
    ['a byte order mark in the middle', SOURCE.replace('b INT', '\uFEFFb INT')],
  ])('sees %s', (_what, source) => {
    expect(checksumOf(source)).not.toBe(checksumOf(SOURCE));
  });

  test('tells what is in the up file from what is in the down file', () => {
    expect(checksumOf('a\nb', 'c')).not.toBe(checksumOf('a', 'b\nc'));
    expect(checksumOf('a', '')).not.toBe(checksumOf('', 'a'));
  });
});

describe('the digest of a manifest', () => {
  const USER = { name: '0001_user' as MigrationName, sha256: sha256('a') };
  const ORDERS = { name: '0002_orders' as MigrationName, sha256: sha256('b') };

  test.each([
    ['no migration', [], 'v1:3bfc269594ef649228e9a74bab00f042efc91d5acc6fbee31a382e80d42388fe'],
    ['one', [USER], 'v1:8cd8f30451109d30035ffc48dee11217d4a88281c646996b5e01e9e6fd7681c0'],
    ['two', [USER, ORDERS], 'v1:daa5c8b2728a86432e48c2cf9df6433d24e26d5eb8f071918976a7fe6239d981'],
    [
      'the same two in another order',
      [ORDERS, USER],
      'v1:26ba5021b7c92c75a33dc8a882d795944996fe22cbd26ca5710e71a3f941b460',
    ],
  ])('of %s is frozen', (_what, entries, expected) => {
    expect(digestOf(entries)).toBe(expected);
  });

  test('vouches for names and stored scripts, and for nothing that another bundler changes', () => {
    const [entry] = shipped('1').migrations as [ManifestEntry];
    const digest = digestOf([entry]);
    expect(digestOf([{ ...entry, sha256: sha256('other') }])).not.toBe(digest);
    expect(digestOf([{ ...entry, name: '0001_other' as MigrationName }])).not.toBe(digest);
    expect(manifestOf([{ ...entry, file: 'other.sql', steps: 9 }]).digest).toBe(digest);
  });

  test('the version is the newest name, and empty where there is none', () => {
    expect(versionOf(shipped('1 2 3'))).toBe('0003');
    expect(versionOf(shipped(''))).toBe('');
  });
});

describe('a stored script', () => {
  const TEXT = '{"v":1,"up":["CREATE TABLE é (表 INT)"],"down":["DROP TABLE é -- 🙂"]}';

  test('has the form of COMPRESS(): the length in bytes, little-endian, and a zlib stream', () => {
    const stored = compress(TEXT);
    expect(stored.readUInt32LE(0)).toBe(Buffer.byteLength(TEXT));
    expect(stored.subarray(4)).toEqual(deflateSync(TEXT));
    expect(uncompress(stored)).toBe(TEXT);
  });

  test('that the server compressed is read', () => {
    // SELECT HEX(COMPRESS('CREATE TABLE a (b INT)'))
    const stored = Buffer.from('16000000789C730E72750C7155087174F271554854D04852F0F40BD10400422D059C', 'hex');
    expect(uncompress(stored)).toBe('CREATE TABLE a (b INT)');
  });

  test('that is cut short or changed is not taken for a shorter one', () => {
    const stored = compress(TEXT);
    expect(() => uncompress(stored.subarray(0, -5))).toThrow();
    expect(() =>
      uncompress(Buffer.concat([stored.subarray(0, 20), Buffer.from([255]), stored.subarray(21)])),
    ).toThrow();
  });
});
