/*
 * A strict reader of JSON (RFC 8259, I-JSON), and RFC 8785 as its only text form. JSON.parse will not do: it takes the
 * last of two equal names, and lone surrogates.
 */
import { bad, ok, utf8OrNull, wellFormed, type Parsed } from './bytes';

/** Members of an object are sorted by UTF-16 code units. */
export type Json = null | boolean | number | string | Json[] | Map<string, Json>;

/** 2^53 - 1: the largest whole number of I-JSON. */
export const WHOLE_MAX = Number.MAX_SAFE_INTEGER;

/** How many values a text may have: three bytes of it could else ask for two hundred of memory. */
const VALUES_MAX = 1 << 19;

export type Limits = { bytesMax: number; depthMax: number };

export function parseJson(bytes: Uint8Array, limits: Limits): Parsed<Json> {
  if (bytes.length > limits.bytesMax) {
    return bad('json.too-large', `at most ${limits.bytesMax} bytes, got ${bytes.length}`);
  }
  const text = utf8OrNull(bytes);
  if (text === null) return bad('json.not-utf8', 'the bytes are not well-formed UTF-8');
  try {
    return ok(new Reader(text, limits.depthMax).read());
  } catch (refused) {
    if (refused instanceof Refused) return bad(refused.code, refused.message);
    throw refused;
  }
}

/** The canonical text (RFC 8785): a number and a string are written as ECMAScript writes them. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Map) return `{${[...value].map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  return JSON.stringify(value);
}

class Refused extends Error {
  constructor(readonly code: string, detail: string) {
    super(detail);
  }
}

class Reader {
  private at = 0;
  private values = 0;

  constructor(private readonly text: string, private readonly depthMax: number) {}

  read(): Json {
    this.skipSpace();
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw this.refused('json.trailing', 'something follows the value');
    return value;
  }

  private value(depth: number): Json {
    if (++this.values > VALUES_MAX) throw this.refused('json.too-many', `at most ${VALUES_MAX} values`);
    switch (this.peek()) {
      case '{': return this.object(depth + 1);
      case '[': return this.array(depth + 1);
      case '"': return this.string();
      case 't': return this.word('true', true);
      case 'f': return this.word('false', false);
      case 'n': return this.word('null', null);
      default: return this.number();
    }
  }

  private object(depth: number): Json {
    this.requireDepth(depth);
    const members = new Map<string, Json>();
    this.at++;
    this.skipSpace();
    if (this.peek() === '}') {
      this.at++;
      return members;
    }
    for (;;) {
      this.skipSpace();
      if (this.peek() !== '"') throw this.refused('json.syntax', 'a member begins with its name');
      const name = this.string();
      this.skipSpace();
      this.expect(':');
      this.skipSpace();
      const value = this.value(depth);
      if (members.has(name)) throw this.refused('json.duplicate-name', `twice in one object: ${name}`);
      members.set(name, value);
      this.skipSpace();
      if (this.peek() === '}') {
        this.at++;
        return new Map([...members].sort(([one], [other]) => (one < other ? -1 : 1)));
      }
      this.expect(',');
    }
  }

  private array(depth: number): Json {
    this.requireDepth(depth);
    const values: Json[] = [];
    this.at++;
    this.skipSpace();
    if (this.peek() === ']') {
      this.at++;
      return values;
    }
    for (;;) {
      this.skipSpace();
      values.push(this.value(depth));
      this.skipSpace();
      if (this.peek() === ']') {
        this.at++;
        return values;
      }
      this.expect(',');
    }
  }

  private string(): string {
    this.at++;
    let out = '';
    let from = this.at;
    for (;;) {
      const unit = this.peek();
      if (unit === '"') break;
      this.at++;
      if (unit < ' ') throw this.refused('json.syntax', 'a control character stands bare in a string');
      if (unit === '\\') {
        out += this.text.slice(from, this.at - 1) + this.escaped();
        from = this.at;
      }
    }
    out += this.text.slice(from, this.at);
    this.at++;
    if (!wellFormed(out)) throw this.refused('json.lone-surrogate', 'half of a surrogate pair stands alone');
    return out;
  }

  private escaped(): string {
    const unit = this.peek();
    this.at++;
    switch (unit) {
      case '"': case '\\': case '/': return unit;
      case 'b': return '\b';
      case 'f': return '\f';
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      case 'u': {
        let code = 0;
        for (let i = 0; i < 4; i++) {
          const digit = this.peek();
          if (!/^[0-9a-fA-F]$/.test(digit)) throw this.refused('json.syntax', 'four hexadecimal digits follow \\u');
          code = (code << 4) | parseInt(digit, 16);
          this.at++;
        }
        return String.fromCharCode(code);
      }
      default: throw this.refused('json.syntax', `there is no escape \\${unit}`);
    }
  }

  private number(): number {
    const from = this.at;
    if (this.peek() === '-') this.at++;
    if (this.peek() === '0') this.at++;
    else this.digits();
    if (this.text[this.at] === '.') {
      this.at++;
      this.digits();
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++;
      if (this.peek() === '+' || this.peek() === '-') this.at++;
      this.digits();
    }
    const value = Number(this.text.slice(from, this.at));
    if (!Number.isFinite(value)) throw this.refused('json.number-range', 'beyond a double');
    return value === 0 ? 0 : value;
  }

  private digits() {
    const from = this.at;
    while (this.text[this.at] >= '0' && this.text[this.at] <= '9') this.at++;
    if (this.at === from) throw this.refused('json.syntax', 'a digit is missing');
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.refused('json.syntax', 'no such word');
    this.at += word.length;
    return value;
  }

  private skipSpace() {
    while (' \n\r\t'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private expect(wanted: string) {
    if (this.peek() !== wanted) throw this.refused('json.syntax', `here stands ${wanted}`);
    this.at++;
  }

  private peek(): string {
    if (this.at >= this.text.length) throw this.refused('json.syntax', 'the text ends early');
    return this.text[this.at];
  }

  private requireDepth(depth: number) {
    if (depth > this.depthMax) throw this.refused('json.too-deep', `at most ${this.depthMax} levels`);
  }

  private refused(code: string, detail: string): Refused {
    return new Refused(code, `${detail} (at character ${this.at})`);
  }
}
