import type { Case } from './judge-case';
import * as paper from './paper-scene';
import { answered, application, asked, ended, migrations, scene, stack } from './paper-scene';
import { back, forward, other, same } from './paper-worlds';

const twice = [paper.told('UPDATE_COMPLETE'), paper.told('UPDATE_COMPLETE')];

/** Of what is assumed of the function, its database and what it is told. */
export const FUNCTION_CASES: readonly Case[] = [
  {
    id: 'express-waits-for-the-answer',
    held: scene('express', [
      ...[forward, answered('SUCCESS'), migrations('UPDATE_COMPLETE'), application('UPDATE_IN_PROGRESS')],
    ]),
    differs: {
      'it does not wait': scene('express', [
        ...[forward, migrations('UPDATE_COMPLETE'), application('UPDATE_IN_PROGRESS'), answered('SUCCESS')],
      ]),
      'the application does not wait': scene('express', [
        ...[forward, application('UPDATE_IN_PROGRESS'), answered('SUCCESS'), migrations('UPDATE_COMPLETE')],
      ]),
    },
    unseen: {
      'the application was not updated': scene('express', [
        forward,
        answered('SUCCESS'),
        migrations('UPDATE_COMPLETE'),
      ]),
    },
  },
  {
    id: 'death-is-tried-again',
    held: scene('died', [forward, forward, answered('SUCCESS'), ended(), stack('UPDATE_COMPLETE')]),
    differs: {
      'nobody tries again': scene('died', [forward, stack('UPDATE_ROLLBACK_COMPLETE')]),
      'the next attempt fails': scene('died', [
        forward,
        forward,
        answered('FAILED'),
        ended(),
        stack('UPDATE_ROLLBACK_COMPLETE'),
      ]),
    },
  },
  {
    id: 'three-deaths-are-answered',
    held: scene('died-thrice', [forward, forward, forward, paper.onFailure(), migrations('UPDATE_FAILED')]),
    differs: {
      'nobody answers': scene('died-thrice', [forward, forward, forward, migrations('UPDATE_FAILED')]),
      'there is one attempt': scene('died-thrice', [forward, paper.onFailure(), migrations('UPDATE_FAILED')]),
    },
  },
  {
    id: 'runtime-has-rds-authorities',
    held: scene('updated', [forward, paper.tls(true)]),
    differs: {
      'the certificate is not verified': scene('updated', [forward, paper.tls(false)]),
      'no session with the database': scene('updated', [
        forward,
        paper.tls(true, 's3.eu-central-1.amazonaws.com', 'Amazon Root CA 1'),
      ]),
      'the file is not there': scene('updated', [paper.onFailure(), paper.tls(true)]),
    },
  },
  {
    id: 'rotated-secret-lets-in',
    held: scene('rotated', [paper.said('…, reading the secret anew')], { results: ['fine', 'fine', 'fine'] }),
    unseen: { 'no question came in between': scene('rotated', [], { results: ['fine', 'fine', 'fine'] }) },
    differs: {
      'the old password is given for a while': scene('rotated', [], { results: ['fine', 'failed: denied', 'fine'] }),
    },
  },
  {
    id: 'paused-database-wakes-up',
    held: scene('paused', [
      ...[forward, paper.said('the database does not take the connection, trying again')],
      ...[paper.said('planned: apply 0080_paused'), answered('SUCCESS')],
    ]),
    unseen: {
      'it was awake': scene('paused', [forward, paper.said('planned: apply 0080_paused'), answered('SUCCESS')]),
    },
    differs: {
      'it never comes up': scene('paused', [forward, answered('FAILED')]),
      'it comes up and fails': scene('paused', [forward, paper.said('planned: nothing'), answered('FAILED')]),
    },
  },
  {
    id: 'every-status-is-told',
    held: scene('updated', [stack('UPDATE_COMPLETE'), paper.told('UPDATE_COMPLETE')]),
    differs: {
      'one is lost': scene('updated', [stack('UPDATE_COMPLETE')]),
      'the second is lost, and the first came twice': scene('updated', [
        ...[
          stack('UPDATE_COMPLETE'),
          paper.told('UPDATE_COMPLETE'),
          paper.told('UPDATE_COMPLETE'),
          stack('UPDATE_COMPLETE'),
        ],
      ]),
    },
  },
  {
    id: 'doubled-status-changes-nothing',
    held: scene('status-again', twice, { ...same, sentAgain: 2 }),
    differs: { 'the journal is another': scene('status-again', twice, { ...other, sentAgain: 2 }) },
    unseen: {
      'they never came': scene('status-again', [], { ...same, sentAgain: 2 }),
      'one of them never came': scene('status-again', twice.slice(1), { ...same, sentAgain: 2 }),
      'the journal was empty': scene('status-again', twice, { before: [], after: [], sentAgain: 2 }),
    },
  },
  {
    id: 'requests-have-ascending-times',
    held: scene('updated', [asked('Update', { signedAt: '20261128T100000Z' }), back({ signedAt: '20261128T100000Z' })]),
    differs: {
      'the later one is signed earlier': scene('updated', [
        ...[asked('Update', { signedAt: '20261128T100005Z' }), back({ signedAt: '20261128T100000Z' })],
      ]),
      'they say no time': scene('updated', [asked('Update', { signedAt: null })]),
    },
    unseen: { 'there was one request': scene('updated', [asked('Update', { signedAt: '20261128T100000Z' })]) },
  },
  {
    id: 'properties-are-texts',
    held: scene('updated', [asked('Update', { properties: { Count: '3', ServiceTimeout: '3600' } })]),
    differs: {
      'a number is one': scene('updated', [asked('Update', { properties: { Count: 3 } })]),
      'there is more in them': scene('updated', [asked('Update', { properties: { StackTags: 'x' } })]),
    },
  },
];
