/* Hexadecimal, base64 and UTF-8 in their one canonical spelling: two texts never mean the same bytes. */

/** What reading something from outside gives: the value, or one stable code and a sentence. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; code: string; detail: string };

export const ok = <T>(value: T): Parsed<T> => ({ ok: true, value });
export const bad = (code: string, detail: string): { ok: false; code: string; detail: string } => ({ ok: false, code, detail });

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text) as Uint8Array<ArrayBuffer>;

/** The text of well-formed UTF-8, or null. A byte order mark is a character like any other. */
export function utf8OrNull(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether every surrogate has its other half, so that the text has a UTF-8 form. */
export function wellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    i++;
  }
  return true;
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

export function hexOrNull(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[word >> 18] + ALPHABET[(word >> 12) & 63];
    text += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63] : '=';
    text += i + 2 < bytes.length ? ALPHABET[word & 63] : '=';
  }
  return text;
}

/** Standard base64 with its padding and without stray low bits, or null. */
export function base64OrNull(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let word = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const digit = i >= text.length - padding ? 0 : unit < 128 ? DIGITS[unit] : -1;
    if (digit < 0) return null;
    word = (word << 6) | digit;
    if (i % 4 !== 3) continue;
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (word >> shift) & 0xff;
      if (at < bytes.length) bytes[at++] = byte;
      else if (byte !== 0) return null;
    }
    word = 0;
  }
  return bytes;
}

const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

/** A decimal number without sign or leading zero, below 2^63; null for any other text. */
export function decimalOrNull(text: string): bigint | null {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value > LONG_MAX ? null : value;
}

export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
