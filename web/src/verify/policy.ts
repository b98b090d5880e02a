/* Whom a reader trusts: keys of logs, keys of witnesses, and how many of these must have cosigned (C2SP tlog-policy). */
import { bad, decimalOrNull, hex, ok, utf8OrNull, type Parsed } from './bytes';
import { LOG_KEY, WITNESS_KEY, parseKey, type Key, type Verify } from './keys';
import { cosignedBy, signedBy, type Note } from './note';

type Witness = { name: string; key: Key };
type Quorum = { kind: 'none' } | { kind: 'one'; witness: Witness } | { kind: 'group'; name: string; k: number; members: Quorum[] };

export type Policy = { logs: Key[]; witnesses: Witness[]; quorum: Quorum };

/** Pins these keys and asks for no witness. */
export const pinning = (logs: Key[]): Policy => ({ logs, witnesses: [], quorum: { kind: 'none' } });

export type Cosigned = { witness: string; at: bigint };
export type Judged =
  | { kind: 'trusted'; by: Key[]; cosigned: Cosigned[] }
  | { kind: 'not-signed'; detail: string }
  | { kind: 'witnesses'; detail: string };

/** Judges a checkpoint of the log {@code origin}: a key that bears the log's name signed, and the quorum cosigned. */
export async function judge(policy: Policy, note: Note, origin: string, verify: Verify): Promise<Judged> {
  const signed = await signedBy(note, policy.logs, verify);
  if (signed.wrong !== null) return { kind: 'not-signed', detail: `wrong signature of ${signed.wrong.name}+${signed.wrong.id}` };
  if (signed.by.length === 0) {
    const names = [...new Set(note.signatures.map(line => line.name))];
    return { kind: 'not-signed', detail: `signed by [${names.join(', ')}], by no pinned key` };
  }
  if (!signed.by.some(key => key.name === origin)) return { kind: 'not-signed', detail: `no pinned key of ${origin} signed` };
  const cosigned = new Map<string, Cosigned>();
  for (const witness of policy.witnesses) {
    const found = await cosignedBy(note, witness.key, verify);
    if (found === 'absent') continue;
    if ('wrong' in found) return { kind: 'witnesses', detail: found.wrong };
    cosigned.set(witness.key.vkey, { witness: witness.key.name, at: found.at });
  }
  if (!isMet(policy.quorum, cosigned)) {
    return { kind: 'witnesses', detail: `got ${cosigned.size} of ${policy.witnesses.length} witnesses, want ${describe(policy.quorum)}` };
  }
  return { kind: 'trusted', by: signed.by, cosigned: [...cosigned.values()] };
}

function isMet(quorum: Quorum, cosigned: Map<string, Cosigned>): boolean {
  switch (quorum.kind) {
    case 'none': return true;
    case 'one': return cosigned.has(quorum.witness.key.vkey);
    case 'group': return quorum.members.filter(member => isMet(member, cosigned)).length >= quorum.k;
  }
}

function describe(quorum: Quorum): string {
  switch (quorum.kind) {
    case 'none': return 'none';
    case 'one': return quorum.witness.name;
    case 'group': return `${quorum.k} of ${quorum.members.length} of ${quorum.name}`;
  }
}

const BYTES_MAX = 1 << 18;
const LINES_MAX = 1_000;

/** Reads a policy file. Codes: policy.*; what is wrong names the line. */
export function parsePolicy(file: Uint8Array): Parsed<Policy> {
  if (file.length > BYTES_MAX) return bad('policy.too-large', `at most ${BYTES_MAX} bytes, got ${file.length}`);
  // Octets above 0x7f are opaque, so each is a character of its own here.
  let text = '';
  for (const byte of file) text += String.fromCharCode(byte);
  if (text !== '' && !text.endsWith('\n')) return bad('policy.lines', 'the last line does not end');
  const reader = new Reader();
  for (const [at, line] of text.split('\n').slice(0, -1).entries()) {
    const wrong = reader.line(line);
    if (wrong !== null) return bad(`policy.${wrong[0]}`, `line ${at + 1}: ${wrong[1]}`);
  }
  if (reader.quorum === null) return bad('policy.quorum', 'there is no quorum line');
  return ok({ logs: reader.logs, witnesses: reader.witnesses, quorum: reader.quorum });
}

type Refusal = [code: string, detail: string] | null;

class Reader {
  readonly logs: Key[] = [];
  readonly witnesses: Witness[] = [];
  quorum: Quorum | null = null;
  private readonly named = new Map<string, Quorum>();
  private readonly members = new Set<string>();
  private readonly keys = new Set<string>();

  line(line: string): Refusal {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) return ['characters', 'a control character'];
    const items = line.split(/[ \t]+/).filter(item => item !== '');
    if (items.length === 0 || items[0].startsWith('#')) return null;
    switch (items[0]) {
      case 'log': return this.log(items);
      case 'witness': return this.witness(items);
      case 'group': return this.group(items);
      case 'quorum': return this.ofQuorum(items);
      default: return ['line', 'a line begins with log, witness, group or quorum'];
    }
  }

  private log(items: string[]): Refusal {
    if (items.length < 2 || items.length > 3) return ['line', 'want: log VKEY [URL]'];
    if (this.logs.length === LINES_MAX) return ['too-many', `at most ${LINES_MAX} logs`];
    const key = parseKey(asUtf8(items[1]), LOG_KEY);
    if (!key.ok) return ['key', `${key.code}: ${key.detail}`];
    if (!this.once(key.value)) return ['duplicate', 'this key is there already'];
    this.logs.push(key.value);
    return null;
  }

  private witness(items: string[]): Refusal {
    if (items.length < 3 || items.length > 4) return ['line', 'want: witness NAME VKEY [URL]'];
    if (this.witnesses.length === LINES_MAX) return ['too-many', `at most ${LINES_MAX} witnesses`];
    const key = parseKey(asUtf8(items[2]), WITNESS_KEY);
    if (!key.ok) return ['key', `${key.code}: ${key.detail}`];
    // One key as a log and as a witness is a duplicate, too: it would vouch for itself.
    if (!this.once(key.value)) return ['duplicate', 'this key is there already'];
    const witness = { name: asUtf8(items[1]), key: key.value };
    const taken = this.name(items[1], { kind: 'one', witness });
    if (taken === null) this.witnesses.push(witness);
    return taken;
  }

  private group(items: string[]): Refusal {
    if (items.length < 4) return ['line', 'want: group NAME all|any|K MEMBER...'];
    if (this.named.size >= 2 * LINES_MAX) return ['too-many', `at most ${LINES_MAX} groups`];
    const members: Quorum[] = [];
    for (const name of items.slice(3)) {
      const member = this.named.get(name);
      if (member === undefined) return ['unknown-name', `no witness or group before: ${name}`];
      if (this.members.has(name)) return ['duplicate', `a member of two groups: ${name}`];
      this.members.add(name);
      members.push(member);
    }
    const k = items[2] === 'all' ? BigInt(members.length) : items[2] === 'any' ? 1n : decimalOrNull(items[2]);
    if (k === null || k < 1n || k > BigInt(members.length)) return ['threshold', `want 1 to ${members.length}, got ${items[2]}`];
    return this.name(items[1], { kind: 'group', name: asUtf8(items[1]), k: Number(k), members });
  }

  private ofQuorum(items: string[]): Refusal {
    if (items.length !== 2) return ['line', 'want: quorum NAME'];
    if (this.quorum !== null) return ['quorum', 'there is more than one quorum line'];
    this.quorum = items[1] === 'none' ? { kind: 'none' } : (this.named.get(items[1]) ?? null);
    return this.quorum === null ? ['unknown-name', 'no witness or group before'] : null;
  }

  private name(name: string, what: Quorum): Refusal {
    if (name === 'none') return ['name', 'none is a name of its own'];
    if (this.named.has(name)) return ['duplicate', `there already: ${name}`];
    this.named.set(name, what);
    return null;
  }

  private once(key: Key): boolean {
    const bytes = hex(key.publicKey);
    if (this.keys.has(bytes)) return false;
    this.keys.add(bytes);
    return true;
  }
}

/** What is no UTF-8 becomes replacement characters, which no key has. */
function asUtf8(octets: string): string {
  const bytes = Uint8Array.from(octets, octet => octet.charCodeAt(0));
  return utf8OrNull(bytes) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
