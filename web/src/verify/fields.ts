/*
 * Takes named fields out of a JSON object and remembers which ones nobody asked for. All fields of a format are always
 * present; "nothing" is null. Paths in messages are dotted.
 */
import { wellFormed } from './bytes';
import type { Json } from './json';

/** A field is missing or is not what the format says. */
export class Wrong extends Error {
  constructor(readonly code: string, detail: string) {
    super(detail);
  }
}

/** A text in one or more languages, by language tag. */
export type LocalText = Map<string, string>;

export class Fields {
  private readonly asked = new Set<string>();
  private readonly inner: Fields[] = [];

  constructor(private readonly members: Map<string, Json>, private readonly path: string) {}

  field(name: string): Json {
    this.asked.add(name);
    const value = this.members.get(name);
    if (value === undefined) throw new Wrong('field-missing', `${this.at(name)} is missing`);
    return value;
  }

  /** A field that is only there where it says something. */
  has(name: string): boolean {
    return this.members.has(name);
  }

  isNull(name: string): boolean {
    return this.field(name) === null;
  }

  string(name: string): string {
    const value = this.field(name);
    if (typeof value !== 'string') throw this.wrong(name, 'a string');
    return value;
  }

  matching(name: string, pattern: RegExp): string {
    const text = this.string(name);
    if (!pattern.test(text)) throw this.wrong(name, pattern.source);
    return text;
  }

  oneOf(name: string, values: readonly string[]): string {
    const text = this.string(name);
    if (!values.includes(text)) throw this.wrong(name, `one of ${values.join(', ')}`);
    return text;
  }

  whole(name: string, min: number, max: number): number {
    const value = this.field(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw this.wrong(name, `a whole number from ${min} to ${max}`);
  }

  /** 64 lower-case hexadecimal digits: a hash stays the text that it is. */
  hash(name: string): string {
    const value = this.field(name);
    if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
    throw this.wrong(name, '64 lower-case hexadecimal digits');
  }

  hashOrNull(name: string): string | null {
    return this.isNull(name) ? null : this.hash(name);
  }

  localText(name: string): LocalText {
    const value = this.field(name);
    if (!(value instanceof Map) || value.size === 0 || value.size > 20) throw this.wrong(name, 'texts by language');
    for (const [tag, text] of value) {
      if (!isTag(tag) || typeof text !== 'string' || !isLine(text)) {
        throw this.wrong(`${name}.${tag}`, 'one line of 1 to 500 characters');
      }
    }
    return value as LocalText;
  }

  localTextOrNull(name: string): LocalText | null {
    return this.isNull(name) ? null : this.localText(name);
  }

  object(name: string): Fields {
    const value = this.field(name);
    if (!(value instanceof Map)) throw this.wrong(name, 'an object');
    return this.within(value, name);
  }

  list<T>(name: string, max: number, item: (list: Fields, at: string) => T): T[] {
    const value = this.field(name);
    if (!Array.isArray(value) || value.length > max) throw this.wrong(name, `a list of at most ${max}`);
    const list = this.within(new Map(value.map((one, at) => [String(at), one])), name);
    return value.map((_, at) => item(list, String(at)));
  }

  /** The dotted paths of all fields that nobody asked for, here and below. */
  unread(): string[] {
    const here = [...this.members.keys()].filter(name => !this.asked.has(name)).map(name => this.at(name));
    return here.concat(...this.inner.map(fields => fields.unread()));
  }

  wrong(name: string, want: string): Wrong {
    return new Wrong('field', `${this.at(name)} wants ${want}`);
  }

  private within(object: Map<string, Json>, name: string): Fields {
    const fields = new Fields(object, this.at(name));
    this.inner.push(fields);
    return fields;
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

const isTag = (tag: string) => tag.length <= 35 && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag);

/** No controls, no line and paragraph separators, none of the marks and overrides of the bidirectional algorithm. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/;

const isLine = (text: string) => text !== '' && text.length <= 500 && wellFormed(text) && !FORBIDDEN.test(text);
