/* A line of the log, version 1 of the record format. Its name is its leaf hash, in hexadecimal. */
import { utf8 } from './bytes';
import { Fields, Wrong, type LocalText } from './fields';
import { WHOLE_MAX, canonical, parseJson } from './json';

const BYTES_MAX = 32_767;
const PIECES_MAX = 1_000_000_000;
const LIST_MAX = 64;
export const ORIGIN = /^[\x21-\x2a\x2c-\x7e]{1,255}$/;
const ID = /^[A-Za-z0-9._~-]{1,64}$/;
const ROLE = /^[a-z][a-z0-9-]{0,31}$/;
const MIME = /^[a-z0-9][a-z0-9.+-]{0,63}\/[a-z0-9][a-z0-9.+-]{0,63}$/;
const ISSUERS = ['brand', 'creator', 'rights-holder', 'house'];

export type Media = { role: string; sha256: string; type: string; bytes: number };
export type Manifest = {
  name: LocalText;
  series: LocalText | null;
  issuer: { kind: string; name: LocalText };
  brand: LocalText | null;
  creators: LocalText[];
  media: Media[];
  licence: LocalText | null;
  supply: number | 'open';
  withheld: number;
  traits: { name: LocalText; value: LocalText }[];
};

export type PieceType = 'piece.granted' | 'piece.moved' | 'piece.revoked' | 'piece.redeemed' | 'piece.retired' | 'piece.minted';
const OF_PIECE: readonly string[] = ['piece.granted', 'piece.moved', 'piece.revoked', 'piece.redeemed', 'piece.retired', 'piece.minted'];
const OTHERS: readonly string[] = ['collectible.published', 'collectible.amended', 'supply.lowered', 'rules.published', 'log.closed', 'log.opened', 'key.rotated', 'queue.arrivals'];
const RESERVED: readonly string[] = ['licence.signed', 'draw.committed', 'draw.closed', 'draw.resolved'];

export type OfPiece = {
  kind: 'piece';
  log: string;
  type: PieceType;
  collectible: string;
  serial: number;
  prev: string | null;
  rules: string | null;
  owner: string | null;
};
export type LogRecord =
  | OfPiece
  | { kind: 'collectible'; log: string; manifest: Manifest }
  | { kind: 'rules'; log: string; sha256: string }
  | { kind: 'opened'; log: string; predecessor: string; size: number; root: string }
  | { kind: 'other'; log: string };

export type Reading =
  | { kind: 'known'; record: LogRecord; notChecked: string[] }
  | { kind: 'not-checked'; code: string; type: string }
  | { kind: 'malformed'; code: string; detail: string };

/** Reads an entry. What holds for all versions: canonical JSON, an object, with v, log and type. */
export function readRecord(entry: string): Reading {
  const bytes = utf8(entry);
  if (bytes.length > BYTES_MAX) return malformed('record.too-large', `at most ${BYTES_MAX} bytes, got ${bytes.length}`);
  const json = parseJson(bytes, { bytesMax: BYTES_MAX, depthMax: 8 });
  if (!json.ok) return malformed('record.not-json', `${json.code}: ${json.detail}`);
  if (canonical(json.value) !== entry) return malformed('record.not-canonical', 'the bytes are not RFC 8785');
  if (!(json.value instanceof Map)) return malformed('record.not-object', 'not an object');
  try {
    return ofFields(new Fields(json.value, ''));
  } catch (wrong) {
    if (wrong instanceof Wrong) return malformed(`record.${wrong.code}`, wrong.message);
    throw wrong;
  }
}

const malformed = (code: string, detail: string): Reading => ({ kind: 'malformed', code, detail });

function ofFields(fields: Fields): Reading {
  const version = fields.whole('v', 1, WHOLE_MAX);
  const log = fields.matching('log', ORIGIN);
  const type = fields.string('type');
  const unknown = (code: string): Reading => ({ kind: 'not-checked', code, type });
  if (version !== 1) return unknown('record.version');
  if (RESERVED.includes(type)) return unknown('record.type-reserved');
  if (!OF_PIECE.includes(type) && !OTHERS.includes(type)) return unknown('record.type');
  const record = OF_PIECE.includes(type) ? ofPiece(log, type as PieceType, fields) : another(log, type, fields);
  return { kind: 'known', record, notChecked: fields.unread() };
}

const ownerless = (type: PieceType) => type === 'piece.revoked' || type === 'piece.retired';

function ofPiece(log: string, type: PieceType, fields: Fields): OfPiece {
  const prev = fields.hashOrNull('prev');
  if (prev === null && type !== 'piece.granted') throw fields.wrong('prev', 'a hash');
  const owner = fields.hashOrNull('owner');
  if ((owner === null) !== ownerless(type)) throw fields.wrong('owner', ownerless(type) ? 'null' : 'a hash');
  const collectible = fields.hash('collectible');
  const serial = fields.whole('serial', 1, PIECES_MAX);
  return { kind: 'piece', log, type, collectible, serial, prev, rules: fields.hashOrNull('rules'), owner };
}

function another(log: string, type: string, fields: Fields): LogRecord {
  switch (type) {
    case 'collectible.published':
      fields.matching('id', ID);
      return { kind: 'collectible', log, manifest: manifest(fields.object('manifest')) };
    case 'collectible.amended':
      fields.hash('collectible');
      fields.hash('prev');
      manifest(fields.object('manifest'));
      return { kind: 'other', log };
    case 'supply.lowered':
      fields.hash('collectible');
      fields.hash('prev');
      fields.whole('supply', 0, PIECES_MAX);
      return { kind: 'other', log };
    case 'rules.published':
      fields.matching('campaign', ID);
      fields.whole('version', 1, PIECES_MAX);
      return { kind: 'rules', log, sha256: fields.hash('sha256') };
    case 'log.opened': {
      const predecessor = fields.matching('predecessor', ORIGIN);
      if (predecessor === log) throw fields.wrong('predecessor', 'another log');
      const size = fields.whole('size', 0, WHOLE_MAX);
      const root = fields.hash('root');
      fields.whole('seen', size, WHOLE_MAX);
      return { kind: 'opened', log, predecessor, size, root };
    }
    case 'key.rotated': {
      const replaces = fields.hash('replaces');
      if (fields.hash('key') === replaces) throw fields.wrong('key', 'another key');
      return { kind: 'other', log };
    }
    case 'queue.arrivals':
      fields.hash('rules');
      fields.matching('stage', ID);
      fields.whole('count', 0, PIECES_MAX);
      fields.hash('root');
      fields.hash('chain');
      fields.whole('round', 1, WHOLE_MAX);
      return { kind: 'other', log };
    default: // log.closed
      if (!fields.isNull('successor')) fields.matching('successor', ORIGIN);
      return { kind: 'other', log };
  }
}

function manifest(fields: Fields): Manifest {
  const issuer = fields.object('issuer');
  const supply = fields.field('supply') === 'open' ? 'open' : fields.whole('supply', 1, PIECES_MAX);
  return {
    name: fields.localText('name'),
    series: fields.localTextOrNull('series'),
    issuer: { kind: issuer.oneOf('kind', ISSUERS), name: issuer.localText('name') },
    brand: fields.localTextOrNull('brand'),
    creators: fields.list('creators', LIST_MAX, (list, at) => list.localText(at)),
    media: fields.list('media', LIST_MAX, (list, at) => {
      const file = list.object(at);
      return {
        role: file.matching('role', ROLE),
        sha256: file.hash('sha256'),
        type: file.matching('type', MIME),
        bytes: file.whole('bytes', 1, WHOLE_MAX),
      };
    }),
    licence: fields.localTextOrNull('licence'),
    supply,
    withheld: fields.whole('withheld', 0, supply === 'open' ? PIECES_MAX : supply),
    traits: fields.list('traits', LIST_MAX, (list, at) => {
      const trait = list.object(at);
      return { name: trait.localText('name'), value: trait.localText('value') };
    }),
  };
}

/** Where a piece stands: none → granted → moved* → revoked → granted …, until it is retired. */
export type PieceState = 'none' | 'owned' | 'returned' | 'retired';

/** The state after a record of that type, or null when such a record cannot stand here. */
export function after(state: PieceState, type: PieceType): PieceState | null {
  switch (type) {
    case 'piece.granted': return state === 'none' || state === 'returned' ? 'owned' : null;
    case 'piece.moved': case 'piece.redeemed': case 'piece.minted': return state === 'owned' ? 'owned' : null;
    case 'piece.revoked': return state === 'owned' ? 'returned' : null;
    case 'piece.retired': return state === 'owned' || state === 'returned' ? 'retired' : null;
  }
}

/** Whether the owner that a record names is the one that the rule asks for, given the one before. */
export function ownerFits(type: PieceType, before: string | null, now: string | null): boolean {
  switch (type) {
    case 'piece.moved': return now !== before;
    case 'piece.redeemed': case 'piece.minted': return now === before;
    case 'piece.granted': case 'piece.revoked': case 'piece.retired': return true;
  }
}
