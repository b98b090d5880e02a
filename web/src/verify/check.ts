/*
 * Checks a certificate, offline, part by part: bytes in, verdict out. The same codes, places and answers as the Java
 * library in proof/; ten thousand certificates of one corpus hold the two together.
 */
import { hex, hexOrNull, utf8, wellFormed } from './bytes';
import { EARLIER_MAX, parseCertificate, type Certificate, type Earlier, type Enclosed } from './certificate';
import { publicKey, sha256, strictly, browsersOwn, type Key, type Verify } from './keys';
import { judge, type Cosigned, type Policy } from './policy';
import { after, ownerFits, readRecord, type LogRecord, type Manifest, type PieceState, type PieceType } from './record';

export { BYTES_MAX } from './certificate';
export { pinning, parsePolicy, type Policy } from './policy';
export { LOG_KEY, browsersOwn, parseKey, sha256, strictly } from './keys';

/** not-checked: it should have been made and could not be; skipped: nobody asked for it. */
export type Status = 'passed' | 'failed' | 'not-checked' | 'skipped';
export type Check = { code: string; status: Status; where: string; detail: string };

/** One record of the piece, as it follows the one before. */
export type Step = { type: PieceType; log: string; index: number; leaf: string; owner: string | null };

/** Who owns which piece as of a checkpoint. */
export type Ownership = {
  log: string;
  size: bigint;
  collectible: string;
  manifest: Manifest;
  serial: number;
  state: PieceState;
  owner: string | null;
  life: Step[];
};

/** not-pinned: it agrees with itself, but no key was given, so whoever made it may have made the log, too. */
export type Outcome = 'valid' | 'invalid' | 'not-pinned' | 'partly-checked';
export type Verdict = { outcome: Outcome; ownership: Ownership | null; signedBy: Key[]; cosigned: Cosigned[]; checks: Check[] };

/** A file that may be one of the design: its hash was made where its bytes are. */
export type MediaFile = { name: string; bytes: number; sha256: string };

/** A holder's answer to a challenge: 192 hexadecimal digits. */
export type Possession = { challenge: string; answer: string };

export type Asked = {
  policy: Policy;
  /** The files that were given, or null to leave them out. */
  media?: MediaFile[] | null;
  possession?: Possession | null;
  /** Else the browser's own where there is one. */
  ed25519?: Verify;
};

/** Nothing in the file makes this throw. */
export async function verify(file: Uint8Array, asked: Asked): Promise<Verdict> {
  return new CertificateCheck(asked.policy, asked.ed25519 ?? strictly(browsersOwn())).run(file, asked.media ?? null, asked.possession ?? null);
}

class CertificateCheck {
  private readonly checks: Check[] = [];
  private trusted: { by: Key[]; cosigned: Cosigned[] } | null = null;
  /** The logs that hold the entries, the certificate's own first, then the one before it; and their roots. */
  private readonly logs: string[] = [];
  private readonly roots = new Map<string, string>();

  constructor(private readonly policy: Policy, private readonly ed25519: Verify) {}

  async run(file: Uint8Array, media: MediaFile[] | null, possession: Possession | null): Promise<Verdict> {
    const read = parseCertificate(file);
    if (!read.ok) {
      this.add(read.code, read.code === 'certificate.version' ? 'not-checked' : 'failed', 'certificate', read.detail);
      return this.verdict(null);
    }
    const { certificate, notChecked } = read.value;
    this.add('certificate.read', 'passed', 'certificate');
    for (const field of notChecked) this.add('certificate.unknown-field', 'not-checked', field, 'version 1 does not know this field');
    this.same('checkpoint.origin', 'checkpoint', certificate.checkpoint.origin, certificate.log);
    await this.signature(certificate);
    await this.keyHint(certificate);
    this.logs.push(certificate.log);
    this.roots.set(certificate.log, certificate.checkpoint.root);
    for (const earlier of certificate.earlier) this.goesOn(earlier);
    this.inclusion(certificate);
    const ownership = this.chain(certificate);
    if (ownership !== null) {
      this.media(ownership.manifest, media);
      if (certificate.seed !== null) this.same('holder.key', 'holder', ownerHash(publicKey(certificate.seed)), String(ownership.owner));
      await this.possession(possession, ownership);
    }
    return this.verdict(ownership);
  }

  private verdict(ownership: Ownership | null): Verdict {
    const of = (outcome: Outcome, shown: Ownership | null): Verdict => ({
      outcome,
      ownership: shown,
      signedBy: this.trusted?.by ?? [],
      cosigned: this.trusted?.cosigned ?? [],
      checks: this.checks,
    });
    if (this.has('failed')) return of('invalid', null);
    if (ownership === null) return of('partly-checked', null);
    if (this.trusted === null) return of('not-pinned', ownership);
    return of(this.has('not-checked') ? 'partly-checked' : 'valid', ownership);
  }

  /** A witness's signature is welcome and is not enough: one of the keys must bear the log's own name. */
  private async signature({ note, checkpoint }: Certificate) {
    if (this.policy.logs.length === 0) {
      this.add('checkpoint.signature', 'skipped', 'checkpoint', 'no key was pinned');
      return;
    }
    const judged = await judge(this.policy, note, checkpoint.origin, this.ed25519);
    if (judged.kind === 'not-signed') {
      this.add('checkpoint.signature', 'failed', 'checkpoint', judged.detail);
      return;
    }
    this.add('checkpoint.signature', 'passed', 'checkpoint', `size ${checkpoint.size}`);
    if (judged.kind === 'witnesses') {
      this.add('checkpoint.witnesses', 'failed', 'checkpoint', judged.detail);
      return;
    }
    this.trusted = judged;
    const witnesses = this.policy.witnesses.length;
    if (witnesses > 0) this.add('checkpoint.witnesses', 'passed', 'checkpoint', `${judged.cosigned.length} of ${witnesses} witnesses`);
  }

  /** The hint proves nothing, but one that did not sign this checkpoint misleads. */
  private async keyHint({ keyHint, note }: Certificate) {
    if (keyHint === null) return;
    let signed = this.trusted?.by.some(key => key.vkey === keyHint.vkey) ?? false;
    if (!signed) {
      const lines = note.signatures.filter(line => line.id === keyHint.id && line.name === keyHint.name);
      signed = lines.length > 0;
      for (const line of lines) signed &&= await this.ed25519(keyHint.publicKey, utf8(note.text), line.signature);
    }
    this.add('certificate.key-hint', signed ? 'passed' : 'failed', 'keyHint', signed ? '' : 'did not sign the checkpoint');
  }

  /** Each log before says nothing of itself: the first record of the one after it says up to where it counts. */
  private goesOn({ log, opened }: Earlier) {
    const where = `earlier.${this.logs.length - 1}`;
    const next = this.logs[this.logs.length - 1]!;
    this.included(opened, where);
    const record = this.read(opened, where);
    if (record?.kind !== 'opened') return;
    this.same('earlier.log', where, opened.log ?? this.logs[0]!, next);
    this.same('earlier.log', where, record.log, next);
    this.same('earlier.log', where, record.predecessor, log);
    this.same('earlier.index', where, opened.index, 0);
    // A root once known stays: a log that came back in a circle would put another in the place of the signed one.
    if (this.roots.has(log)) {
      this.add('earlier.log', 'failed', where, `got ${log} once more, want another log`);
      return;
    }
    this.logs.push(log);
    this.roots.set(log, record.root);
  }

  /** Where an entry stands among all of them: by log, the earliest first, then by index. */
  private place(enclosed: Enclosed): bigint {
    const back = enclosed.log === null ? 0 : Math.max(0, this.logs.indexOf(enclosed.log));
    return (BigInt(EARLIER_MAX - back) << 53n) | BigInt(enclosed.index);
  }

  private inclusion(certificate: Certificate) {
    this.included(certificate.collectible, 'collectible');
    certificate.rules.forEach((rules, i) => this.included(rules, `rules.${i}`));
    certificate.records.forEach((record, i) => this.included(record, `records.${i}`));
  }

  private included(enclosed: Enclosed, where: string) {
    const root = this.roots.get(enclosed.log ?? this.logs[0]!);
    if (root === undefined) {
      this.add('inclusion', 'failed', where, `its log is not one of ${this.logs.join(', ')}`);
      return;
    }
    const refuted = refutation(enclosed, root);
    this.add('inclusion', refuted === null ? 'passed' : 'failed', where, refuted ?? `index ${enclosed.index}`);
  }

  /** The piece's story: each record follows the one before, under this collectible, within its supply. */
  private chain(certificate: Certificate): Ownership | null {
    const published = this.read(certificate.collectible, 'collectible');
    if (published === null) return null;
    if (published.kind !== 'collectible') {
      this.add('chain.collectible', 'failed', 'collectible', 'not a collectible.published record');
      return null;
    }
    const collectible = certificate.collectible.leaf;
    const rules = this.rules(certificate);
    if (certificate.records.length === 0) {
      this.add('chain.empty', 'failed', 'records', 'got 0 records, want 1 or more');
      return null;
    }
    let state: PieceState = 'none';
    let serial = 0;
    let place = this.place(certificate.collectible);
    let prev: string | null = null;
    let owner: string | null = null;
    const named = new Set<string>();
    const life: Step[] = [];
    for (const [i, enclosed] of certificate.records.entries()) {
      const where = `records.${i}`;
      const record = this.read(enclosed, where);
      if (record === null) return null;
      if (record.kind !== 'piece') {
        this.add('chain.record', 'failed', where, 'not a record of a piece');
        return null;
      }
      if (i === 0) serial = record.serial;
      this.same('chain.collectible', where, record.collectible, collectible);
      this.same('chain.serial', where, record.serial, serial);
      this.same('chain.prev', where, String(record.prev), String(prev));
      if (this.place(enclosed) <= place) {
        this.add('chain.order', 'failed', where, `got index ${enclosed.index}, want above that of the one before`);
      }
      const next = after(state, record.type);
      if (next === null) {
        this.add('chain.transition', 'failed', where, `${record.type} cannot follow ${state}`);
        return null;
      }
      if (!ownerFits(record.type, owner, record.owner)) {
        this.add('chain.owner', 'failed', where, `${record.type} from ${owner} to ${record.owner}`);
      }
      if (record.rules !== null) {
        named.add(record.rules);
        this.rulesOf(record.rules, enclosed, where, rules);
      }
      state = next;
      place = this.place(enclosed);
      prev = enclosed.leaf;
      owner = record.owner;
      life.push({ type: record.type, log: enclosed.log ?? certificate.log, index: enclosed.index, leaf: enclosed.leaf, owner });
    }
    this.add('chain.followed', 'passed', 'records', `${certificate.records.length} records`);
    const { supply } = published.manifest;
    const beyond = supply !== 'open' && serial > supply;
    this.add('chain.supply', beyond ? 'failed' : 'passed', 'records', beyond ? `got serial ${serial}, want at most ${supply}` : '');
    for (const hash of rules.keys()) if (!named.has(hash)) this.add('rules.unrelated', 'failed', 'rules', `no record names ${hash}`);
    return { log: certificate.log, size: certificate.checkpoint.size, collectible, manifest: published.manifest, serial, state, owner, life };
  }

  /** The places of the enclosed rules by their names. */
  private rules(certificate: Certificate): Map<string, bigint> {
    const places = new Map<string, bigint>();
    certificate.rules.forEach((enclosed, i) => {
      const where = `rules.${i}`;
      const record = this.read(enclosed, where);
      if (record?.kind === 'rules') {
        if (enclosed.document === null) this.add('rules.document', 'skipped', where, record.sha256);
        else this.same('rules.document', where, hex(sha256(utf8(enclosed.document))), record.sha256);
      } else if (record !== null) {
        this.add('rules.record', 'failed', where, 'not a rules.published record');
      }
      if (places.has(enclosed.leaf)) this.add('rules.unrelated', 'failed', where, 'enclosed twice');
      places.set(enclosed.leaf, this.place(enclosed));
    });
    return places;
  }

  private rulesOf(hash: string, enclosed: Enclosed, where: string, rules: Map<string, bigint>) {
    const place = rules.get(hash);
    if (place === undefined) {
      this.add('rules.enclosed', 'not-checked', where, `the rules that it names are not enclosed: ${hash}`);
    } else if (place >= this.place(enclosed)) {
      this.add('chain.order', 'failed', where, `the rules that it names are not before index ${enclosed.index}`);
    }
  }

  /** The record of an entry, or null after saying why there is none to check. */
  private read(enclosed: Enclosed, where: string): LogRecord | null {
    const reading = readRecord(enclosed.entry);
    switch (reading.kind) {
      case 'malformed':
        this.add(reading.code, 'failed', where, reading.detail);
        return null;
      case 'not-checked':
        this.add(reading.code, 'not-checked', where, reading.type);
        return null;
      case 'known':
        for (const field of reading.notChecked) {
          this.add('record.unknown-field', 'not-checked', `${where}.${field}`, 'version 1 does not know this field');
        }
        // What an earlier log could not take any more stands in the one after it.
        this.same('record.log', where, reading.record.log, this.logs.includes(reading.record.log) ? reading.record.log : this.logs[0]!);
        return reading.record;
    }
  }

  /** A file is found by its name (the hash, with any ending) or else by its content. */
  private media(manifest: Manifest, files: MediaFile[] | null) {
    const sorted = files === null ? null : [...files].sort((one, other) => (one.name < other.name ? -1 : 1));
    manifest.media.forEach((wanted, i) => {
      const where = `media.${i}`;
      if (sorted === null) {
        this.add('media', 'skipped', where, wanted.sha256);
        return;
      }
      const found = sorted.find(file => file.name.split('.', 1)[0] === wanted.sha256) ?? sorted.find(file => file.sha256 === wanted.sha256);
      if (found === undefined) this.add('media', 'not-checked', where, `no file ${wanted.sha256} among those given`);
      else if (found.bytes !== wanted.bytes) this.add('media', 'failed', where, `got ${found.bytes} bytes, want ${wanted.bytes}`);
      else this.same('media', where, found.sha256, wanted.sha256);
    });
  }

  private async possession(possession: Possession | null, { owner }: Ownership) {
    if (possession === null) return;
    if (owner === null) {
      this.add('holder.possession', 'failed', 'holder', 'nobody owns the piece');
      return;
    }
    const answer = hexOrNull(possession.answer);
    const message = utf8(`vitrine/possession/v1\n${possession.challenge}`);
    const holds =
      answer !== null &&
      answer.length === 96 &&
      wellFormed(possession.challenge) &&
      ownerHash(answer.slice(0, 32)) === owner &&
      (await this.ed25519(answer.slice(0, 32), message, answer.slice(32)));
    this.add('holder.possession', holds ? 'passed' : 'failed', 'holder', holds ? possession.challenge : `not an answer of ${owner} to this challenge`);
  }

  private same(code: string, where: string, got: string | number, want: string | number) {
    this.add(code, got === want ? 'passed' : 'failed', where, got === want ? '' : `got ${got}, want ${want}`);
  }

  private add(code: string, status: Status, where: string, detail = '') {
    this.checks.push({ code, status, where, detail });
  }

  private has(status: Status): boolean {
    return this.checks.some(check => check.status === status);
  }
}

/** What a record says as owner. */
function ownerHash(key: Uint8Array): string {
  return hex(sha256.create().update(utf8('vitrine/owner/v1\n')).update(key).digest());
}

/** Why the path does not lead from the entry to the root (RFC 9162 section 2.1.3.2), or null when it does. */
function refutation({ leaf, index, path, size }: Enclosed, root: string): string | null {
  let first = BigInt(index);
  if (first >= size) return `proof.index-out-of-range: got ${index}, want ${size}`;
  let last = size - 1n;
  const want = pathLength(first, last);
  if (path.length !== want) return `proof.path-length: got ${path.length}, want ${want}`;
  let hash = hexOrNull(leaf)!;
  for (const text of path) {
    const sibling = hexOrNull(text)!;
    if ((first & 1n) === 1n || first === last) {
      hash = node(sibling, hash);
      while ((first & 1n) === 0n && first !== 0n) {
        first >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = node(hash, sibling);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return hex(hash) === root ? null : `proof.root: got ${hex(hash)}, want ${root}`;
}

/** SHA-256(0x01 || left || right). */
function node(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256.create().update(Uint8Array.of(1)).update(left).update(right).digest() as Uint8Array<ArrayBuffer>;
}

/** The siblings below where index and last entry part, and then one for each one-bit of the index above. */
function pathLength(index: bigint, last: bigint): number {
  const apart = index ^ last;
  const inner = apart === 0n ? 0 : apart.toString(2).length;
  return inner + [...(index >> BigInt(inner)).toString(2)].filter(bit => bit === '1').length;
}
