/** Numbers and times of limits in the person's language. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { once } from '../base/once.ts';
import { aheadWords } from './aheadWords.ts';
import type { MeterFormat } from './meterFace.ts';
import { clockTime, duration, money, percent } from './words.ts';

/** Made when first needed: a format of `Intl` costs some milliseconds. */
export function meterFormat(clock: Clock): MeterFormat {
  const count = once(() => new Intl.NumberFormat(vscode.env.language, { maximumFractionDigits: 0 }));
  return {
    percent,
    duration,
    amount: (value, unit) => (unit === 'usd' ? money(value, false) : count().format(Math.floor(value))),
    moment: (inMs) => clockTime(clock.now() + inMs, clock.now()),
    time: (atMs) => clockTime(atMs, clock.now()),
    ahead: (bucket) => aheadWords(bucket, clock.now()),
  };
}
