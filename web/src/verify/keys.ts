/* SHA-256, Ed25519, and named keys as C2SP signed-note writes them: name+<8 hexadecimal digits>+base64(type || key). */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bad, base64, base64OrNull, hex, hexOrNull, join, ok, utf8, wellFormed, type Parsed } from './bytes';

export { sha256 };

type Bytes = Uint8Array<ArrayBuffer>;

/** Checks a signature that is well-formed: 32 bytes of a key, 64 of a signature. */
export type Verify = (key: Bytes, message: Bytes, signature: Bytes) => Promise<boolean>;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

/** The browser's own Ed25519, where it has one; null where it has none (older engines, pages without TLS). */
export function browsersOwn(): Verify | null {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return null;
  return async (key, message, signature) => {
    const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return subtle.verify('Ed25519', imported, signature, message);
  };
}

/**
 * One answer for every key and every signature, whoever computes it: points in their one spelling, a scalar below the
 * order, the equation without the cofactor. On points of small order, which no honest key has, implementations differ;
 * those are never left to the browser.
 */
export function strictly(own: Verify | null): Verify {
  return async (key, message, signature) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    const a = pointOrNull(key);
    const r = pointOrNull(signature.subarray(0, 32));
    const s = little(signature.subarray(32));
    if (a === null || r === null || s >= ORDER) return false;
    if (own && !a.isSmallOrder() && !r.isSmallOrder()) {
      try {
        return await own(key, message, signature);
      } catch {
        // It does not know the algorithm after all.
      }
    }
    // RFC 8032 section 5.1.7: [S]B = R + [k]A.
    const k = little(sha512(join(signature.subarray(0, 32), key, message))) % ORDER;
    return Point.BASE.multiplyUnsafe(s).equals(r.add(a.multiplyUnsafe(k)));
  };
}

/** The point, or null where the bytes are none of the curve, or not in its one spelling. */
function pointOrNull(bytes: Uint8Array) {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return null;
  }
}

/** The public key of a private seed. */
export const publicKey = (seed: Bytes): Bytes => ed25519.getPublicKey(seed) as Bytes;

function little(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** A public key with a name. {@code type} 1 is a log's (Ed25519), 4 a witness's (timestamped cosignatures). */
export type Key = { name: string; id: string; publicKey: Bytes; vkey: string };

export const LOG_KEY = 0x01;
export const WITNESS_KEY = 0x04;

/** Reads a verifier key of the wanted type. Codes: vkey.* */
export function parseKey(text: string, type: number): Parsed<Key> {
  if (text.length > 4096) return bad('vkey.too-large', `at most 4096 characters, got ${text.length}`);
  // The base64 may contain a plus, a name and an id never do.
  const first = text.indexOf('+');
  const second = first < 0 ? -1 : text.indexOf('+', first + 1);
  if (second < 0) return bad('vkey.syntax', 'a key is name+id+key');
  const name = text.slice(0, first);
  if (!isKeyName(name)) return bad('vkey.name', 'the name is empty or has spaces');
  const id = text.slice(first + 1, second);
  if (hexOrNull(id)?.length !== 4) return bad('vkey.id', 'the id is 8 lower-case hexadecimal digits');
  const typed = base64OrNull(text.slice(second + 1));
  if (typed === null || typed.length === 0) return bad('vkey.base64', 'the key is not standard base64');
  if (typed[0] !== type || typed.length !== 33) {
    return bad('vkey.type', `want type ${type} and 32 bytes, got type ${typed[0]}`);
  }
  const own = hex(sha256(join(utf8(`${name}\n`), typed)).subarray(0, 4));
  if (own !== id) return bad('vkey.id', `got id ${id}, the key's is ${own}`);
  return ok({ name, id, publicKey: typed.slice(1), vkey: `${name}+${id}+${base64(typed)}` });
}

/** Not empty, no Unicode space, no plus, no ASCII control character (signed-note, "Format"). */
export const isKeyName = (name: string): boolean => name !== '' && !/[\p{Z}\u0000-\u0020\u0085+]/u.test(name) && wellFormed(name);
