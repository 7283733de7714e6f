import fc from 'fast-check';
import { Pseudonyms } from '../../certify/evidence/pseudonyms';

const ACCOUNT = '123456789012';
const UUID = '0f6b2f7e-1c2d-4e5f-8a9b-0123456789ab';

/** Texts as they stand in reasons, logs and properties, and what must not be left of each. */
const HOSTILE: Readonly<Record<string, readonly [text: string, secrets: readonly string[]]>> = {
  'an ARN in a sentence': [
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/Admin/ada@example.com is not authorized (${UUID})`,
    [ACCOUNT, 'Admin', 'ada@example.com', UUID],
  ],
  'an ARN in an encoded path': [
    `/arn%3Aaws%3Acloudformation%3Aeu-west-1%3A${ACCOUNT}%3Astack%2FCertify%2F${UUID}%7CMigrations`,
    [ACCOUNT, UUID],
  ],
  'ARNs of other partitions': [
    `arn:aws-cn:lambda:cn-north-1:${ACCOUNT}:function:F, arn:aws-us-gov:s3:::b-${ACCOUNT}`,
    [ACCOUNT],
  ],
  'an account in the name of a bucket': [`cdk-hnb659fds-assets-${ACCOUNT}-eu-west-1`, [ACCOUNT]],
  'an account in a registry': [`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/certify`, [ACCOUNT]],
  'a signed URL': [
    `PUT https://cloudformation-custom-resource-response-euwest1.s3-eu-west-1.amazonaws.com/arn?X-Amz-Signature=0badcafe&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261128 failed`,
    ['0badcafe', 'AKIAIOSFODNN7EXAMPLE'],
  ],
  'what is left of a signed URL': ['?X-Amz-Expires=7200&X-Amz-Signature=0badcafe', ['0badcafe']],
  'a key of access': [
    'keys ASIAIOSFODNN7EXAMPLE and AKIAIOSFODNN7EXAMPLE',
    ['ASIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ],
  'a secret as JSON': ['{"username":"admin","password":"hunter2!x"}', ['hunter2!x']],
  'a password in a sentence': ['connecting with password=hunter2 now', ['hunter2']],
  'a URL of a database': [
    'mysql://admin:hunter2@db.cluster-abc.eu-west-1.rds.amazonaws.com:3306/app',
    ['hunter2', 'cluster-abc'],
  ],
  'a host of a cluster': [
    'cannot reach certifybase-databaseb269.cluster-cabc123.eu-west-1.rds.amazonaws.com:3306',
    ['certifybase-databaseb269', 'cluster-cabc123'],
  ],
  'a host in capitals': ['DB.CLUSTER-CABC.EU-WEST-1.RDS.AMAZONAWS.COM', ['CLUSTER-CABC']],
  addresses: ['connect ETIMEDOUT 10.0.128.17:3306 from 10.0.3.4', ['10.0.128.17', '10.0.3.4']],
  'parts of a network': ['eni-0a1b2c3d4e5f60718 in subnet-0a1b2c3d of vpc-0a1b2c3d4e5f60718', ['0a1b2c3d']],
  'ids of a cluster': [
    'aurora-migrations:Certify/Migrations:cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ/certify',
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ],
  'a stream of a log': ['2026/11/28/[$LATEST]0123456789abcdef0123456789abcdef', ['0123456789abcdef0123456789abcdef']],
  'a home folder': ['ENOENT /Users/ada.lovelace/work/certify, /home/ada/.aws/credentials', ['ada.lovelace', '/ada/']],
};

test.each(Object.entries(HOSTILE))('nothing is left of %s', (_, [text, secrets]) => {
  const pseudonyms = new Pseudonyms();
  const cut = pseudonyms.text(text);
  for (const secret of secrets) expect(cut).not.toContain(secret);
  // Once more changes nothing: both files are made of the same.
  expect(pseudonyms.text(cut)).toBe(cut);
});

test('the same has the same name everywhere, in keys too, and another thing another one', () => {
  const arn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:F`;
  const cut = new Pseudonyms().of({ [arn]: [`of ${arn}`, { a: UUID }], b: `${UUID} and ${UUID.replace('0f', '1f')}` });
  expect(cut).toEqual({ '[arn 1]': ['of [arn 1]', { a: '[id 1]' }], b: '[id 1] and [id 2]' });
});

test('what is known to be a secret is cut out wherever it stands', () => {
  const cut = new Pseudonyms([
    ['account', ACCOUNT],
    ['home', '/root'],
    ['nothing', ''],
  ]).text(`a${ACCOUNT}b /root/.aws`);
  expect(cut).toBe('a[account 1]b [home 1]/.aws');
});

test('what the evidence is about stays', () => {
  const text =
    'UPDATE_FAILED at 2026-11-28T10:00:00.123Z: 0041_broken.sql failed at step 2 of 2, ER_DUP_FIELDNAME (1060), ' +
    'v1:20fcb89c6a0f4d1e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f, Migrations23B444C5, 20261128T100000Z, 3600';
  expect(new Pseudonyms().text(text)).toBe(text);
});

test('no account is left in any text around it', () => {
  const around = fc.string().filter((text) => !/[0-9a-f]$|^[0-9a-f]/.test(text));
  fc.assert(
    fc.property(around, around, (before, after) => {
      fc.pre(!/\d/.test(before.slice(-1)) && !/\d/.test(after.slice(0, 1)));
      expect(new Pseudonyms().text(`${before}${ACCOUNT}${after}`)).not.toContain(ACCOUNT);
    }),
  );
});
