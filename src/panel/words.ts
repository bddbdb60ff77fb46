/** The texts of the panel by key, in the person's language. */
import type { PanelTexts } from '../flow/messages.ts';

export class Words {
  /** A locale that `Intl` accepts. */
  readonly locale: string;
  readonly #texts: PanelTexts;
  readonly #plural: Intl.PluralRules;

  constructor(texts: PanelTexts, locale: string) {
    this.#texts = texts;
    this.locale = knownLocale(locale);
    this.#plural = new Intl.PluralRules(this.locale);
  }

  /** The text of `key` with `{0}`, `{1}` replaced; the key itself when there is no such text. */
  t(key: string, ...values: readonly string[]): string {
    const text = this.#texts[key] ?? key;
    if (values.length === 0) return text;
    return text.replace(/\{(\d+)\}/g, (place, index: string) => values[Number(index)] ?? place);
  }

  has(key: string): boolean {
    return this.#texts[key] !== undefined;
  }

  /** The text of `key.one`, `key.other`, … as the language counts; `{0}` is the count as `shown`, then come `others`. */
  count(key: string, count: number, shown: string, ...others: readonly string[]): string {
    const exact = `${key}.${this.#plural.select(count)}`;
    return this.t(this.has(exact) ? exact : `${key}.other`, shown, ...others);
  }
}

function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
