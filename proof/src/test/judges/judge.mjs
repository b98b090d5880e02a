// Judges inclusion proofs with the Merkle check of @sigstore/verify: judge.mjs PROOFS, JSON as for judge.go, where each
// inclusion proof also has its entry in hexadecimal. The check is internal to the package, so its version is pinned.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { verifyMerkleInclusion } = require(
  fileURLToPath(new URL('node_modules/@sigstore/verify/dist/tlog/merkle.js', import.meta.url)),
);
const { inclusion } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function agrees(proof, entry) {
  try {
    verifyMerkleInclusion(
      {
        canonicalizedBody: entry,
        inclusionProof: {
          logIndex: String(proof.index),
          hashes: (proof.path.match(/.{64}/g) ?? []).map((hash) => Buffer.from(hash, 'hex')),
        },
      },
      { logSize: BigInt(proof.size), logHash: Buffer.from(proof.root, 'hex') },
    );
    return true;
  } catch (refused) {
    if (refused.code !== 'TLOG_INCLUSION_PROOF_ERROR') throw refused;
    return false;
  }
}

for (const proof of inclusion) {
  const entry = Buffer.from(proof.entry, 'hex');
  const other = Buffer.from(entry);
  other[other.length - 1] ^= 1;
  if (!agrees(proof, entry)) {
    console.log(`refused: inclusion of ${proof.index} in ${proof.size}`);
    process.exit(1);
  }
  if (agrees(proof, other)) {
    console.log(`refused: a changed entry is included at ${proof.index}`);
    process.exit(1);
  }
}
console.log(`ok: ${inclusion.length} proofs`);
