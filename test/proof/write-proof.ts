/** Writes the tables of `docs/proof.md` anew from `proof/*.json`: `npm run proof`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { proofPage } from './proof-page';
import { PROOF_FOLDER, readProof } from './proof-record';

const PAGE = path.join(PROOF_FOLDER, '../docs/proof.md');

async function writeProof(): Promise<void> {
  const page = proofPage(readFileSync(PAGE, 'utf8'), readProof);
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

void writeProof();
