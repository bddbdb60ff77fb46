/** What is wrong with a benchmark file, and why an answer failed in a benchmark, in the person's language. */
import * as vscode from 'vscode';
import type { BenchResult } from '../flow/benchRun.ts';
import type { BenchFault, BenchLevel } from '../flow/benchSuite.ts';

const t = vscode.l10n.t;

export function faultWords({ kind, what }: BenchFault): string {
  switch (kind) {
    case 'syntax':
      return t('not valid JSON ({0})', what);
    case 'missing':
      return t('“{0}” is missing', what);
    case 'wrong':
      return t('“{0}” has a value that cannot be used', what);
    case 'unknown':
      return t('“{0}” is not known here', what);
    case 'twice':
      return t('the id “{0}” is there twice', what);
    case 'empty':
      return t('“{0}” is empty', what);
    case 'too-many':
      return t('there are more than {0} tasks', what);
  }
}

export function levelName(level: BenchLevel): string {
  const names: Record<BenchLevel, string> = {
    simple: t('Simple'),
    medium: t('Medium'),
    complex: t('Complex'),
    edge: t('Edge cases'),
  };
  return names[level];
}

/** Undefined for an answer that passed. */
export function missWords({ why, failure }: BenchResult): string | undefined {
  if (failure !== undefined) return t('not answered ({0}); it does not count', failure.code);
  switch (why?.kind) {
    case undefined:
      return undefined;
    case 'lacks':
      return t('does not say “{0}”', why.text);
    case 'has':
      return t('still has “{0}”', why.text);
    case 'differs':
      return t('is not the text that was expected');
    case 'no-code':
      return t('holds no code that can be applied');
    case 'check':
      return t('failed the check “{0}”', why.check);
  }
}
