/* A text with signatures under it (C2SP signed-note), and the checkpoint that it carries (C2SP tlog-checkpoint). */
import { bad, base64OrNull, decimalOrNull, hex, ok, utf8, wellFormed, type Parsed } from './bytes';
import { isKeyName, type Key, type Verify } from './keys';

export type Line = { name: string; id: string; signature: Uint8Array<ArrayBuffer> };
export type Note = { text: string; signatures: Line[] };
export type Checkpoint = { origin: string; size: bigint; root: string };

const CHARACTERS_MAX = 1 << 20;
const SIGNATURES_MAX = 100;

/** Reads a note in its one spelling. Codes: note.* */
export function parseNote(note: string): Parsed<Note> {
  if (note.length > CHARACTERS_MAX) return bad('note.too-large', `at most ${CHARACTERS_MAX} characters, got ${note.length}`);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !wellFormed(note)) {
    return bad('note.characters', 'control characters or half a surrogate pair');
  }
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0) return bad('note.no-signature', 'no blank line before signatures');
  const block = note.slice(blank + 2);
  if (!block.endsWith('\n')) return bad('note.no-signature', 'signature lines end in a newline, and there is at least one');
  const signatures: Line[] = [];
  for (let from = 0; from < block.length; ) {
    if (signatures.length === SIGNATURES_MAX) return bad('note.too-many-signatures', `at most ${SIGNATURES_MAX}`);
    const end = block.indexOf('\n', from);
    const parts = block.slice(from, end).split(' ');
    if (parts.length !== 3 || parts[0] !== '\u2014' || !isKeyName(parts[1])) {
      return bad('note.signature-line', 'a signature line is: em dash, name, base64');
    }
    const bytes = base64OrNull(parts[2]);
    if (bytes === null || bytes.length < 5) return bad('note.signature-line', 'a signature is base64 of five bytes or more');
    signatures.push({ name: parts[1], id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) });
    from = end + 1;
  }
  return ok({ text: note.slice(0, blank + 1), signatures });
}

/** Reads the text of a note as a checkpoint. Codes: checkpoint.* */
export function parseCheckpoint(text: string): Parsed<Checkpoint> {
  const lines = text.slice(0, -1).split('\n');
  if (lines.length < 3) return bad('checkpoint.lines', `at least 3 lines, got ${lines.length}`);
  if (lines.includes('')) return bad('checkpoint.lines', 'a line is empty');
  const size = decimalOrNull(lines[1]);
  if (size === null) return bad('checkpoint.size', `no decimal number below 2^63: ${lines[1]}`);
  const root = base64OrNull(lines[2]);
  if (root === null || root.length !== 32) return bad('checkpoint.root', `not the base64 of 32 bytes: ${lines[2]}`);
  return ok({ origin: lines[0], size, root: hex(root) });
}

/** By whom of the known keys a note is signed; wrong: a line claims to be of one and is not, so the note is refused. */
export type Signed = { by: Key[]; wrong: Key | null };

export async function signedBy(note: Note, known: Key[], verify: Verify): Promise<Signed> {
  const by: Key[] = [];
  for (const line of note.signatures) {
    let claimed: Key | null = null;
    let signed: Key | null = null;
    for (const key of known) {
      if (line.id !== key.id || line.name !== key.name) continue;
      claimed = key;
      if (await verify(key.publicKey, utf8(note.text), line.signature)) signed = key;
    }
    if (signed !== null) {
      if (!by.includes(signed)) by.push(signed);
    } else if (claimed !== null) {
      return { by, wrong: claimed };
    }
  }
  return { by, wrong: null };
}

/** What a note holds of one witness: when it says that it cosigned (seconds since 1970; of several the latest), nothing, or a wrong line. */
export type Finding = { at: bigint } | 'absent' | { wrong: string };

/** The last second that the other reader's calendar has. */
const SECONDS_MAX = 31_556_889_864_403_199n;

export async function cosignedBy(note: Note, witness: Key, verify: Verify): Promise<Finding> {
  let found: bigint | null = null;
  for (const line of note.signatures) {
    if (line.id !== witness.id || line.name !== witness.name) continue;
    if (line.signature.length !== 72) return { wrong: `want 72 bytes, got ${line.signature.length}` };
    const at = BigInt(`0x${hex(line.signature.subarray(0, 8))}`);
    if (at > SECONDS_MAX) return { wrong: `no time: ${at}` };
    const message = utf8(`cosignature/v1\ntime ${at}\n${note.text}`);
    if (!(await verify(witness.publicKey, message, line.signature.slice(8)))) {
      return { wrong: `wrong cosignature of ${witness.name}+${witness.id}` };
    }
    if (found === null || at > found) found = at;
  }
  return found === null ? 'absent' : { at: found };
}
