/** Money and decimals as a language writes them. Units in: USD. */
import { once } from '../base/once.ts';

export interface NumberWords {
  /** To the cent from a dollar on, else to the millionth where it matters. */
  readonly usd: (value: number) => string;
  readonly decimal: (value: number, digits: 1 | 2) => string;
}

/** Each format is made when first needed: it costs some milliseconds. */
export function numberWords(language: string): NumberWords {
  const money = (digits: number) =>
    once(
      () =>
        new Intl.NumberFormat(language, {
          style: 'currency',
          currency: 'USD',
          currencyDisplay: 'narrowSymbol',
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        }),
    );
  const fixed = (digits: number) =>
    once(
      () => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    );
  const [cents, fine, finest] = [money(2), money(4), money(6)];
  const decimals = { 1: fixed(1), 2: fixed(2) };
  return {
    usd: (value) => (value === 0 || value >= 1 ? cents : value >= 0.01 ? fine : finest)().format(value),
    decimal: (value, digits) => decimals[digits]().format(value),
  };
}
