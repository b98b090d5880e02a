/* certificate.json, version 1: what a stranger needs to check who owns a piece, except the log's key. */
import { bad, hex, hexOrNull, ok, utf8, type Parsed } from './bytes';
import { Fields, Wrong } from './fields';
import { WHOLE_MAX, parseJson } from './json';
import { LOG_KEY, parseKey, sha256, type Key } from './keys';
import { parseCheckpoint, parseNote, type Checkpoint, type Note } from './note';
import { ORIGIN, readRecord } from './record';

/** An entry, its name, its place, and its path to the root of a log of that size: the certificate's own, or an earlier one by name. */
export type Enclosed = { entry: string; leaf: string; index: number; path: string[]; size: bigint; log: string | null };
export type EnclosedRules = Enclosed & { document: string | null };
/** A log before the certificate's own, and the first entry of the one after it, which says up to where it counts. */
export type Earlier = { log: string; opened: Enclosed };
export type Certificate = {
  log: string;
  keyHint: Key | null;
  collectible: Enclosed;
  rules: EnclosedRules[];
  records: Enclosed[];
  note: Note;
  checkpoint: Checkpoint;
  earlier: Earlier[];
  seed: Uint8Array<ArrayBuffer> | null;
};

/** What a reader takes. */
export const BYTES_MAX = 8 << 20;
const RECORDS_MAX = 2_000;
export const EARLIER_MAX = 100;
const PROOF_MAX = 64;

/** Reads a file. Codes: certificate.*, note.*, checkpoint.*; certificate.version means a format that this reader does not know. */
export function parseCertificate(file: Uint8Array): Parsed<{ certificate: Certificate; notChecked: string[] }> {
  const json = parseJson(file, { bytesMax: BYTES_MAX, depthMax: 8 });
  if (!json.ok) return bad('certificate.not-json', `${json.code}: ${json.detail}`);
  if (!(json.value instanceof Map)) return bad('certificate.not-json', 'not an object');
  const fields = new Fields(json.value, '');
  try {
    const version = fields.whole('v', 1, WHOLE_MAX);
    if (version !== 1) return bad('certificate.version', `want version 1, got ${version}`);
    const note = parseNote(fields.string('checkpoint'));
    if (!note.ok) return note;
    const checkpoint = parseCheckpoint(note.value.text);
    if (!checkpoint.ok) return checkpoint;
    const sizes: Sizes = { newest: checkpoint.value.size, earlier: new Map() };
    const earlier = fields.has('earlier') ? fields.list('earlier', EARLIER_MAX, (list, at) => before(list.object(at), sizes)) : [];
    let keyHint: Key | null = null;
    if (!fields.isNull('keyHint')) {
      const hint = parseKey(fields.string('keyHint'), LOG_KEY);
      if (!hint.ok) throw fields.wrong('keyHint', 'a verifier key or null');
      keyHint = hint.value;
    }
    const certificate = {
      log: fields.matching('log', ORIGIN),
      keyHint,
      collectible: enclosed(fields.object('collectible'), sizes),
      rules: fields.list('rules', RECORDS_MAX, (list, at) => {
        const rules = list.object(at);
        const document = rules.isNull('document') ? null : rules.string('document');
        return { ...enclosed(rules, sizes), document };
      }),
      records: fields.list('records', RECORDS_MAX, (list, at) => enclosed(list.object(at), sizes)),
      note: note.value,
      checkpoint: checkpoint.value,
      earlier,
      seed: fields.isNull('holder') ? null : hexOrNull(fields.object('holder').hash('seed')),
    };
    return ok({ certificate, notChecked: fields.unread() });
  } catch (wrong) {
    if (wrong instanceof Wrong) return bad(`certificate.${wrong.code}`, wrong.message);
    throw wrong;
  }
}

/** How many entries the trees have that the paths lead through. */
type Sizes = { newest: bigint; earlier: Map<string, bigint> };

/** Its entry must be readable as what it claims to be: without it nobody knows for which size the proofs are. */
function before(fields: Fields, sizes: Sizes): Earlier {
  const log = fields.matching('before', ORIGIN);
  const opened = enclosed(fields, sizes);
  const reading = readRecord(opened.entry);
  if (reading.kind !== 'known' || reading.record.kind !== 'opened' || sizes.earlier.has(log)) {
    throw fields.wrong('entry', 'a log.opened record, and each log once');
  }
  sizes.earlier.set(log, BigInt(reading.record.size));
  return { log, opened };
}

function enclosed(fields: Fields, sizes: Sizes): Enclosed {
  const log = fields.has('log') ? fields.matching('log', ORIGIN) : null;
  const size = log === null ? sizes.newest : sizes.earlier.get(log);
  if (size === undefined) throw fields.wrong('log', 'one of those under earlier');
  const entry = fields.string('entry');
  const index = fields.whole('index', 0, WHOLE_MAX);
  const path = fields.list('proof', PROOF_MAX, (list, at) => list.hash(at));
  return { entry, leaf: leafHash(utf8(entry)), index, path, size, log };
}

/** SHA-256(0x00 || entry): the name of an entry, whatever its place in the tree. */
function leafHash(entry: Uint8Array): string {
  return hex(sha256.create().update(Uint8Array.of(0)).update(entry).digest());
}
